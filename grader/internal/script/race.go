package script

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"lockstep/grader/internal/box"
)

// raceExit is the exit code of a process that the race detector has a report of.
const raceExit = 66

// raced has a command's processes leave the race detector's reports in a folder,
// one file for each process: what a child reports counts, whatever its parent
// makes of its exit code.
func raced(c *box.Command, folder string) {
	c.Writable = append(c.Writable, folder)
	c.Env = append(c.Env, fmt.Sprintf("GORACE=log_path=%s/report atexit_sleep_ms=0 halt_on_error=0 exitcode=%d", folder, raceExit))
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

// mostReport bounds what is read of one process's reports.
const mostReport = 1 << 20

// racesIn reads all reports of a folder. Each race is in it once, however often
// and by however many processes it was reported.
func racesIn(folder string) ([]Race, error) {
	files, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var out []Race
	seen := map[string]bool{}
	for _, f := range files {
		if !f.Type().IsRegular() {
			continue // the program put it there
		}
		text, err := head(filepath.Join(folder, f.Name()), mostReport)
		if err != nil {
			return nil, err
		}
		for _, r := range parseRaces(text) {
			if at := r.place(); !seen[at] {
				seen[at] = true
				out = append(out, r)
			}
		}
	}
	return out, nil
}

func head(name string, most int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, most))
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
	c := Claim{Subject: "races", Holds: len(e.Races) == 0, Want: "no race between goroutines", Got: "none"}
	if c.Holds {
		for _, p := range e.Observation.Processes {
			if p.Exit.Code == raceExit {
				c.Holds = false
				c.Got = fmt.Sprintf("pid %d ended with the race detector's exit code %d, and its report is gone", p.PID, raceExit)
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
