package script

import (
	"bufio"
	"bytes"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/exercise"
)

// raceExit is the exit code of a process that the race detector has a report of.
const raceExit = 66

// The race detector leaves its reports in the run's folder, one file for each process:
// what a child reports counts, whatever its parent makes of its exit code. All runs
// have the variable that says so, or a program could tell which are looked at.
const (
	raceVariable = "GORACE"
	raceReports  = "race."
)

var raceSettings = fmt.Sprintf("%s=log_path=%s/race atexit_sleep_ms=0 halt_on_error=0 exitcode=%d", raceVariable, box.Folder, raceExit)

// raced has a command's reports brought along.
func raced(c *box.Command) {
	c.Gather, c.Fixed = raceReports, []string{raceVariable}
}

// Race is two accesses of one process to one place in memory that nothing orders.
type Race struct {
	Now, Before Access
}

// Access is one side of a race.
type Access struct {
	Does  string   // "read", "previous write"
	Stack []string // "main.go:12 in work", the innermost first; only the student's own functions
}

func (r Race) place() string {
	ends := []string{r.Now.place(), r.Before.place()}
	slices.Sort(ends)
	return strings.Join(ends, " and ")
}

func (a Access) place() string {
	if len(a.Stack) == 0 {
		return "a place in a library"
	}
	at, _, _ := strings.Cut(a.Stack[0], " ")
	return at
}

// mostReport bounds what is read of one line of a report.
const mostReport = 1 << 20

// racesIn reads all reports, by file. Each race is in it once, however often and by
// however many processes it was reported.
func racesIn(reports map[string][]byte) []Race {
	var out []Race
	seen := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(reports)) {
		for _, r := range parseRaces(reports[name]) {
			if at := r.place(); !seen[at] {
				seen[at] = true
				out = append(out, r)
			}
		}
	}
	return out
}

var (
	raceAccess = regexp.MustCompile(`^((?:Previous )?(?:atomic )?(?:[Rr]ead|[Ww]rite)) at 0x[0-9a-f]+ by (?:main )?goroutine`)
	raceFrame  = regexp.MustCompile(`^ {6}(\S.*):(\d+) \+0x`)
)

// parseRaces reads the race detector's text.
func parseRaces(text []byte) []Race {
	var out []Race
	var sides []Access
	in, function := false, ""
	end := func() {
		if len(sides) == 2 {
			out = append(out, Race{sides[0], sides[1]})
		}
		sides, in = nil, false
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, mostReport)
	for lines.Scan() {
		line := lines.Text()
		switch m := raceAccess.FindStringSubmatch(line); {
		case strings.HasPrefix(line, "WARNING: DATA RACE"), strings.HasPrefix(line, "====="):
			end()
		case m != nil:
			sides = append(sides, Access{Does: strings.ToLower(m[1])})
			in = true
		case line == "" || !strings.HasPrefix(line, " "):
			in = false // how the goroutines came to be
		case in && raceFrame.MatchString(line):
			m := raceFrame.FindStringSubmatch(line)
			if name, ok := strings.CutPrefix(function, "main."); ok {
				file := built.ReplaceAllString(m[1], "")
				last := &sides[len(sides)-1]
				last.Stack = append(last.Stack, fmt.Sprintf("%s:%s in %s", filepath.Base(file), m[2], strings.TrimSuffix(name, "()")))
			}
		case in:
			function = strings.TrimSpace(line)
		}
	}
	end()
	return out
}

// claimNoRaces holds when the race detector reported nothing.
func claimNoRaces(e Execution) Claim {
	c := Claim{Subject: "races", Outcome: exercise.OfRaces, Holds: len(e.Races) == 0, Want: "no race between goroutines", Got: "none"}
	if c.Holds {
		for _, p := range e.Observation.Processes {
			if p.Exit.Code == raceExit {
				c.Holds = false
				c.Got = fmt.Sprintf("pid %d ended with the race detector's exit code %d, and its report is gone", p.PID, raceExit)
				return c
			}
		}
		for _, p := range e.Observation.Processes {
			if slices.Contains(p.Strays, raceVariable) {
				c.Holds, c.Unseen = false, true
				c.Got = fmt.Sprintf("pid %d was started with %s of its own, so that its races can't be seen", p.PID, raceVariable)
				return c
			}
		}
		return c
	}
	c.Got = fmt.Sprintf("a race between %s", e.Races[0].place())
	if n := len(e.Races); n > 1 {
		c.Got = fmt.Sprintf("%d races, the first between %s", n, e.Races[0].place())
	}
	for _, r := range e.Races {
		for _, a := range []Access{r.Now, r.Before} {
			stack := a.Stack
			if len(stack) == 0 {
				stack = []string{a.place()}
			}
			c.Detail = append(c.Detail, a.Does+" at "+stack[0])
			for _, at := range stack[1:] {
				c.Detail = append(c.Detail, "    called at "+at)
			}
		}
	}
	return c
}
