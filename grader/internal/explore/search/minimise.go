package search

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

// minimise looks for a run that is wrong in the same way and switches less. same
// says whether one is; run makes a run; most bounds their number.
func minimise(x *Execution, same func(*Execution) bool, run func(policy) (*Execution, error), most int) (*Execution, error) {
	for tries := 0; tries < most; {
		better := false
		for _, s := range x.fewer() {
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
