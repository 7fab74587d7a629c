package script

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/exercise"
)

// against tries a claim on an expectation that may speak of pids: for "{{pid N}}" stands
// the one that the kernel gave to the run's Nth process, 0 being the program itself. So
// what a program prints about itself is compared with the facts. Where a child may have
// been missed, which one is the Nth is not known for certain.
func against(want, seen string, o *box.Observation, claim func(want string) Claim) Claim {
	children := false
	pid := pidOf(o, seen)
	c := claim(exercise.ExpandPIDs(want, func(n int) string {
		children = children || n > 0
		return pid(n)
	}))
	c.Unseen = c.Unseen || children && !c.Holds && len(o.Unseen) > 0
	return c
}

// pidOf returns what says the pid of a run's Nth process. Where there is none, it is words
// that were not printed, so that nobody is right by printing them.
func pidOf(o *box.Observation, seen string) func(n int) string {
	nobody := "pid of another child"
	for strings.Contains(seen, nobody) {
		nobody += ", really"
	}
	return func(n int) string {
		if n >= len(o.Processes) {
			return "(" + nobody + ")"
		}
		return strconv.Itoa(o.Processes[n].PID)
	}
}

// withAnyPIDs replaces every line with "{{pid}}" by the line of the output that says the
// same with pids of children that no line before said, or by one that no output has. In a
// pattern it is the pid of any child.
func withAnyPIDs(want string, pattern bool, seen string, o *box.Observation) string {
	if !strings.Contains(want, exercise.AnyPID) {
		return want
	}
	nobody := fmt.Sprintf("{{pid %d}}", len(o.Processes))
	free := map[string]bool{}
	var pids []string
	for _, p := range o.Processes[min(1, len(o.Processes)):] {
		pids = append(pids, strconv.Itoa(p.PID))
		free[strconv.Itoa(p.PID)] = true
	}
	if pattern {
		return strings.ReplaceAll(want, exercise.AnyPID, "(?:"+strings.Join(append(pids, nobody), "|")+")")
	}
	lines := strings.Split(seen, "\n")
	wanted := strings.Split(want, "\n")
	for i, line := range wanted {
		if !strings.Contains(line, exercise.AnyPID) {
			continue
		}
		form := regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(exercise.ExpandPIDs(line, pidOf(o, seen))), regexp.QuoteMeta(exercise.AnyPID), `(\d+)`) + "$")
		wanted[i] = strings.ReplaceAll(line, exercise.AnyPID, nobody)
		for _, said := range lines {
			if found := form.FindStringSubmatch(said); found != nil && takeAll(free, found[1:]) {
				wanted[i] = said
				break
			}
		}
	}
	return strings.Join(wanted, "\n")
}

// takeAll takes all of some names, different ones, or none.
func takeAll(free map[string]bool, names []string) bool {
	for i, name := range names {
		if !free[name] {
			for _, taken := range names[:i] {
				free[taken] = true
			}
			return false
		}
		free[name] = false
	}
	return true
}
