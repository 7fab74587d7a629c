package search

import (
	"slices"

	"lockstep/grader/internal/explore/model"
)

// Switches counts how often a process was stopped in a run that could have gone
// on.
func (x *Execution) Switches() int {
	n := 0
	for i := 1; i < len(x.World.Events) && i < len(x.At); i++ {
		if x.switchAt(i) {
			n++
		}
	}
	return n
}

// SwitchAt reports whether step i is by another process than the step before, which
// could have gone on.
func (x *Execution) SwitchAt(i int) bool { return i > 0 && i < len(x.At) && x.switchAt(i) }

func (x *Execution) switchAt(i int) bool {
	last := x.World.Events[i-1].Proc
	return x.World.Events[i].Proc != last && !x.At[i].Forced && x.At[i].Enabled.Has(last)
}

// fewer lists schedules with fewer switches than that of x: in each, one process
// that was stopped goes on to where it is let go next.
func (x *Execution) fewer() []Schedule {
	s := ScheduleOf(x.World)
	var out []Schedule
	for i := 1; i < len(s); i++ {
		if !x.switchAt(i) {
			continue
		}
		stopped := s[i-1]
		j := i
		for j < len(s) && s[j] != stopped {
			j++
		}
		k := j
		for k < len(s) && s[k] == stopped {
			k++
		}
		if j == k {
			continue
		}
		c := append(Schedule(nil), s[:i]...)
		c = append(c, s[j:k]...)
		c = append(c, s[i:j]...)
		out = append(out, append(c, s[k:]...))
	}
	return out
}

// straight are schedules of the same steps, each after those that it comes after, in which
// whoever goes on makes as many as he can before the next does.
func (x *Execution) straight() []Schedule {
	order := slices.Clone(x.World.Started)
	for i := range x.World.Events {
		if p := x.World.Events[i].Proc; !slices.Contains(order, p) {
			order = append(order, p) // a reaper
		}
	}
	last := slices.Clone(order)
	slices.Reverse(last)
	return []Schedule{x.straightBy(order), x.straightBy(last)}
}

// straightBy is one of them: of those who can go on equally far, the first.
func (x *Execution) straightBy(order []model.ID) Schedule {
	w := x.World
	left := map[model.ID][]*model.Event{} // steps to make, by process
	for i := range w.Events {
		e := &w.Events[i]
		left[e.Proc] = append(left[e.Proc], e)
	}
	done := map[model.ID]int32{}
	// far is how many steps a process can make before another has to.
	far := func(p model.ID) int {
		for n, e := range left[p] {
			for q, before := range e.Clock {
				if q := model.ID(q); q != p && done[q] < before {
					return n
				}
			}
		}
		return len(left[p])
	}
	var s Schedule
	for len(s) < len(w.Events) {
		next := slices.MaxFunc(order, func(a, b model.ID) int { return far(a) - far(b) })
		n := far(next)
		left[next] = left[next][n:]
		done[next] += int32(n)
		s = append(s, slices.Repeat(Schedule{w.PathOf(next)}, n)...)
	}
	return s
}

// minimise looks for a run that is wrong in the same way and switches less. same
// says whether one is; run makes a run; most bounds their number.
func minimise(x *Execution, same func(*Execution) bool, run func(policy) (*Execution, error), most int) (*Execution, error) {
	for tries := 0; tries < most; {
		better := false
		schedules := x.fewer()
		if tries == 0 {
			schedules = append(x.straight(), schedules...)
		}
		for _, s := range schedules {
			if tries++; tries > most {
				break
			}
			y, err := run(newFollower(s))
			if err != nil {
				return x, err
			}
			if same(y) && y.Switches() < x.Switches() {
				x, better = y, true
				break
			}
		}
		if !better {
			break
		}
	}
	return x, nil
}
