package search

import (
	"fmt"
	"strconv"
	"strings"

	"lockstep/grader/internal/explore/model"
)

// Schedule is who makes each step, by path: "0:7,0.1:2" is seven steps of the
// first process and then two of its first child.
type Schedule []string

// ScheduleOf is the schedule of a run.
func ScheduleOf(w *model.World) Schedule {
	s := make(Schedule, len(w.Events))
	for i := range w.Events {
		s[i] = w.PathOf(w.Events[i].Proc)
	}
	return s
}

// String gives the form that ParseSchedule reads. It needs no quotes in a shell.
func (s Schedule) String() string {
	var b strings.Builder
	for i := 0; i < len(s); {
		n := 1
		for i+n < len(s) && s[i+n] == s[i] {
			n++
		}
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		b.WriteString(s[i])
		if n > 1 {
			fmt.Fprintf(&b, ":%d", n)
		}
		i += n
	}
	return b.String()
}

// ParseSchedule reads a schedule.
func ParseSchedule(text string) (Schedule, error) {
	var s Schedule
	for part := range strings.SplitSeq(text, ",") {
		path, times, many := strings.Cut(strings.TrimSpace(part), ":")
		n := 1
		if many {
			var err error
			if n, err = strconv.Atoi(times); err != nil || n < 1 {
				return nil, fmt.Errorf("cannot read schedule: %q is no number of steps", times)
			}
		}
		if !isPath(path) {
			return nil, fmt.Errorf("cannot read schedule: %q is no process: they are called 0, 0.1, 0.2 …", path)
		}
		if len(s)+n > mostSteps {
			return nil, fmt.Errorf("cannot read schedule: it has more than %d steps", mostSteps)
		}
		for range n {
			s = append(s, path)
		}
	}
	return s, nil
}

func isPath(s string) bool {
	for part := range strings.SplitSeq(s, ".") {
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
}

func newFollower(s Schedule) *follower { return &follower{rest: s, total: len(s)} }

func (f *follower) pick(w *model.World, enabled model.Set, current model.ID) (model.ID, bool) {
	for len(f.rest) > 0 {
		p := w.At(f.rest[0])
		if p != nil && enabled.Has(p.ID) {
			f.rest = f.rest[1:]
			f.followed++
			f.tell(w, p.ID)
			return p.ID, true
		}
		if f.left == "" {
			f.left, f.leftAt = whyNot(w, p, f.rest[0]), f.total-len(f.rest)+1
		}
		f.rest = f.rest[1:]
	}
	p := enabled.First()
	if current >= 0 && enabled.Has(current) {
		p = current
	}
	f.tell(w, p)
	return p, true
}

func whyNot(w *model.World, p *model.Proc, path string) string {
	switch {
	case p == nil:
		return "process " + path + " has not been started"
	case p.Ended >= 0:
		return w.Title(p.ID) + " has ended"
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

func (f *follower) only(w *model.World, p model.ID) bool {
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
