package script

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/exercise"
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

// anyPID stands for the pid of one of the run's children, another one each time.
const anyPID = "{{pid}}"

// withAnyPIDs replaces every line with "{{pid}}" by the line of the output that says the
// same with pids of children that no line before said, or by one that no output has. In a
// pattern it is the pid of any child.
func withAnyPIDs(want string, pattern bool, seen []byte, o *box.Observation) string {
	if !strings.Contains(want, anyPID) {
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
		return strings.ReplaceAll(want, anyPID, "(?:"+strings.Join(append(pids, nobody), "|")+")")
	}
	lines := strings.Split(string(seen), "\n")
	wanted := strings.Split(want, "\n")
	for i, line := range wanted {
		if !strings.Contains(line, anyPID) {
			continue
		}
		form := regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(withPIDs(line, o)), regexp.QuoteMeta(anyPID), `(\d+)`) + "$")
		wanted[i] = strings.ReplaceAll(line, anyPID, nobody)
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

// speaksOfPIDs says whether a claim about a stream does.
func (c *call) speaksOfPIDs(x *exercise.Expectation) bool {
	want := x.Pattern
	if x.How != "matches" {
		text, err := c.file(x.File)
		if err != nil {
			return false // whoever makes the claim says so
		}
		want = string(text)
	}
	return strings.Contains(want, anyPID) || pidForm.MatchString(want)
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
