package script

import (
	"fmt"
	"slices"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/exercise"
)

// holds are a check's orders as the box knows them.
func holds(wanted []exercise.Hold) []box.Hold {
	var all []box.Hold
	for _, h := range wanted {
		all = append(all, box.Hold{At: step(h.At), Until: step(h.Until)})
	}
	return all
}

func step(s exercise.FileStep) box.Step { return box.Step{Does: box.Does(s.Does), Name: s.Name} }

// claimSteps holds when every child makes each of some file steps.
func claimSteps(o *box.Observation, want *exercise.Steps) Claim {
	c := Claim{Subject: "files", Outcome: exercise.OfFiles, Holds: true}
	if o.Unforced != "" {
		return c // whether it does can't be told, as is said of the whole run
	}
	children := slices.DeleteFunc(slices.Clone(o.Processes[min(1, len(o.Processes)):]), box.Process.Manager)
	for _, s := range want.EachChild {
		for _, p := range children {
			if !slices.Contains(o.Made, box.Made{Step: step(s), PID: p.PID}) {
				c.Holds = false
				c.Want, c.Got = "every child to "+s.String(), brief(p)+" did not"
				return c
			}
		}
	}
	if len(children) == 0 {
		c.Holds, c.Want, c.Got = false, "children", "none"
	}
	return c
}

// forced says which orders were forced on a run. One for which no second process came
// was not: the first went on.
func forced(o *box.Observation) []string {
	name := func(pid int) string {
		if p, ok := find(o.Processes, pid); ok {
			return brief(p)
		}
		return fmt.Sprintf("pid %d", pid)
	}
	var told []string
	for _, f := range o.Forced {
		if f.By != 0 {
			until := "was, too"
			if f.Until != f.At {
				until = "was about to " + f.Until.String()
			}
			told = append(told, fmt.Sprintf("%s was about to %s, and was stopped until %s %s", name(f.PID), f.At, name(f.By), until))
		}
	}
	return told
}
