package script

import (
	"regexp"
	"strconv"

	"lockstep/grader/internal/box"
)

var pidForm = regexp.MustCompile(`\{\{pid (\d+)\}\}`)

// withPIDs replaces every "{{pid N}}" of an expectation by the pid that the kernel
// gave to the run's Nth process: 0 is the program itself, 1 the first that was
// started. So what a program prints about itself is compared with the facts.
func withPIDs(want string, o *box.Observation) string {
	return pidForm.ReplaceAllStringFunc(want, func(found string) string {
		n, err := strconv.Atoi(pidForm.FindStringSubmatch(found)[1])
		if err != nil || n >= len(o.Processes) {
			return "(pid of a process that was not started)"
		}
		return strconv.Itoa(o.Processes[n].PID)
	})
}

// against tries a claim on an expectation that may speak of pids. Where a child may
// have been missed, which one is the Nth is not known for certain.
func against(want string, o *box.Observation, claim func(want string) Claim) Claim {
	c := claim(withPIDs(want, o))
	if !c.Holds && len(o.Unseen) > 0 {
		for _, found := range pidForm.FindAllStringSubmatch(want, -1) {
			c.Unseen = c.Unseen || found[1] != "0"
		}
	}
	return c
}
