package search

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"lockstep/grader/internal/explore/model"
	"lockstep/mp/trace"
)

// Schedule is who makes each step, by path: "0:7,0.1:2" is seven steps of the
// first process and then two of its first child. "0.1x" is that this child is killed.
type Schedule []string

// ScheduleOf is the schedule of a run.
func ScheduleOf(w *model.World) Schedule {
	s := make(Schedule, len(w.Events))
	for i := range w.Events {
		s[i] = w.PathOf(w.Events[i].Proc)
	}
	return s
}

// again begins a part of a schedule that stands for others: "again:2:9" is the two
// parts before, nine times more.
const again = "again:"

// Bounds of what is written with again.
const (
	longestRound = 12
	leastRounds  = 4
)

// String gives the form that ParseSchedule reads. It needs no quotes in a shell.
func (s Schedule) String() string {
	var parts []string
	for i := 0; i < len(s); {
		n := 1
		for i+n < len(s) && s[i+n] == s[i] {
			n++
		}
		part := s[i]
		if n > 1 {
			part += ":" + strconv.Itoa(n)
		}
		parts = append(parts, part)
		i += n
	}
	var out []string
	for i := 0; i < len(parts); {
		length, rounds := repeated(parts[i:])
		out = append(out, parts[i:i+length]...)
		if rounds > 1 {
			out = append(out, fmt.Sprintf("%s%d:%d", again, length, rounds-1))
		}
		i += length * rounds
	}
	return strings.Join(out, ",")
}

// repeated says how many parts come how often from here on; once when that is not
// worth writing down.
func repeated(parts []string) (length, rounds int) {
	for k := 1; k <= longestRound && leastRounds*k <= len(parts); k++ {
		n := 1
		for (n+1)*k <= len(parts) && slices.Equal(parts[:k], parts[n*k:(n+1)*k]) {
			n++
		}
		if n >= leastRounds {
			return k, n
		}
	}
	return 1, 1
}

// ParseSchedule reads a schedule.
func ParseSchedule(text string) (Schedule, error) {
	var s Schedule
	var begins []int // of each part
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		begins = append(begins, len(s))
		round, n := []string(nil), 1
		if counts, ok := strings.CutPrefix(part, again); ok {
			parts, times, _ := strings.Cut(counts, ":")
			k, err := strconv.Atoi(parts)
			if err != nil || k < 1 || k >= len(begins) {
				return nil, fmt.Errorf("cannot read schedule: %q: there are no %s parts before it", part, parts)
			}
			if n, err = count(times); err != nil {
				return nil, err
			}
			round = s[begins[len(begins)-1-k]:]
		} else {
			path, times, many := strings.Cut(part, ":")
			if many {
				var err error
				if n, err = count(times); err != nil {
					return nil, err
				}
			}
			if !isPath(path) {
				return nil, fmt.Errorf("cannot read schedule: %q is no process: they are called 0, 0.1, 0.2 …", path)
			}
			round = []string{path}
		}
		if n > MostSteps || len(s)+n*len(round) > MostSteps {
			return nil, fmt.Errorf("cannot read schedule: it has more than %d steps", MostSteps)
		}
		s = append(s, slices.Repeat(round, n)...)
	}
	return s, nil
}

func count(times string) (int, error) {
	n, err := strconv.Atoi(times)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("cannot read schedule: %q is no number of steps", times)
	}
	return n, nil
}

func isPath(s string) bool {
	s = strings.TrimSuffix(s, model.Reaper)
	for part := range strings.SplitSeq(s, ".") {
		part, _ = trace.Place(part)
		if part == "" || strings.Trim(part, "0123456789") != "" {
			return false
		}
	}
	return true
}

// follower is the policy of a replay. Where the schedule's next process can't go
// on, it is left: its steps are skipped until one of them can be made, and where
// the schedule is over, nobody is stopped who can go on.
type follower struct {
	rest     Schedule
	total    int
	followed int    // steps made as the schedule says
	leftAt   int    // the step of the schedule at which it was left first, from 1; 0: it was not
	left     string // why
	each     func(w *model.World, p model.ID)
	rank     Rank // where the schedule is over
	hold     bool // nobody goes on where the schedule is over, or has been left …
	lone     bool // … but who is the only one that can
}

func newFollower(s Schedule) *follower { return &follower{rest: s, total: len(s)} }

func (f *follower) pick(w *model.World, enabled model.Set, current model.ID) (model.ID, bool) {
	for len(f.rest) > 0 {
		p := w.At(f.rest[0])
		if p != nil && (enabled | w.Mortal()).Has(p.ID) {
			f.rest = f.rest[1:]
			f.followed++
			f.tell(w, p.ID)
			return p.ID, true
		}
		if f.left == "" {
			f.left, f.leftAt = whyNot(w, p, f.rest[0]), f.total-len(f.rest)+1
		}
		if f.hold {
			return 0, false
		}
		f.rest = f.rest[1:]
	}
	if f.hold && !(f.lone && enabled.Len() == 1) {
		return 0, false
	}
	p := f.goOn(w, enabled, current)
	f.tell(w, p)
	return p, true
}

func (f *follower) stuck(w *model.World, mortal model.Set) (model.ID, bool) {
	if len(f.rest) == 0 {
		return 0, false
	}
	p := w.At(f.rest[0])
	if p == nil || !mortal.Has(p.ID) {
		return 0, false
	}
	f.rest = f.rest[1:]
	f.followed++
	f.tell(w, p.ID)
	return p.ID, true
}

func (f *follower) goOn(w *model.World, enabled model.Set, current model.ID) model.ID {
	if p := w.At(f.rank.First); p != nil && enabled.Has(p.ID) && !w.Dozes(p.ID) {
		return p.ID
	}
	last := w.At(f.rank.Last)
	if last == nil || !enabled.Has(last.ID) {
		return goOn(w, enabled, current)
	}
	if others := enabled.Without(model.SetOf(last.ID)); others != 0 {
		if p := goOn(w, others, current); !w.Dozes(p) {
			return p
		}
	}
	return last.ID
}

// goOn is who goes on where nothing says who: nobody is stopped who can, unless he
// only waits for the others.
func goOn(w *model.World, enabled model.Set, current model.ID) model.ID {
	if current < 0 || !enabled.Has(current) {
		return enabled.First()
	}
	if others := enabled.Without(model.SetOf(current)); others != 0 && w.Dozes(current) {
		return others.First()
	}
	return current
}

func whyNot(w *model.World, p *model.Proc, path string) string {
	switch {
	case p == nil:
		return "process " + path + " has not been started"
	case p.Ended >= 0:
		return w.Title(p.ID) + " has ended"
	case strings.HasSuffix(path, model.Reaper):
		return w.Title(p.ID) + " can't be killed there"
	}
	for _, x := range w.Waits() {
		if x.Proc == p.ID && x.For != "" {
			why := w.Title(p.ID) + " has to wait there now for " + x.For
			if x.Why != "" {
				why += ", " + x.Why
			}
			return why
		}
	}
	return w.Title(p.ID) + " has to wait there now"
}

func (f *follower) only(w *model.World, p model.ID, mortal model.Set) bool {
	if f.hold && !f.lone && mortal != 0 && len(f.rest) == 0 {
		return false
	}
	if len(f.rest) > 0 && f.rest[0] == w.PathOf(p) {
		f.rest = f.rest[1:]
		f.followed++
	}
	f.tell(w, p)
	return true
}

func (f *follower) tell(w *model.World, p model.ID) {
	if f.each != nil {
		f.each(w, p)
	}
}

func (f *follower) made(*model.World, int) {}

// after is a policy for what comes after a schedule, which is followed to its end or not at
// all.
type after struct {
	Schedule
	policy
}

func (a after) pick(w *model.World, enabled model.Set, current model.ID) (model.ID, bool) {
	if len(w.Events) < len(a.Schedule) {
		return a.next(w, enabled)
	}
	return a.policy.pick(w, enabled, current)
}

// next is who makes the next step; false: he can't.
func (s Schedule) next(w *model.World, enabled model.Set) (model.ID, bool) {
	p := w.At(s[len(w.Events)])
	if p == nil || !enabled.Has(p.ID) {
		return 0, false
	}
	return p.ID, true
}
