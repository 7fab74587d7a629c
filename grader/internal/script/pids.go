package script

import (
	"strconv"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/exercise"
)

// against tries a claim on an expectation that may speak of pids: for "{{pid N}}" stands
// the one that the kernel gave to the run's Nth process, 0 being the program itself. So
// what a program prints about itself is compared with the facts. Where a child may have
// been missed, which one is the Nth is not known for certain.
func against(want string, o *box.Observation, claim func(want string) Claim) Claim {
	children := false
	c := claim(exercise.ExpandPIDs(want, func(n int) string {
		children = children || n > 0
		if n >= len(o.Processes) {
			return "(pid of a process that was not started)"
		}
		return strconv.Itoa(o.Processes[n].PID)
	}))
	c.Unseen = c.Unseen || children && !c.Holds && len(o.Unseen) > 0
	return c
}
