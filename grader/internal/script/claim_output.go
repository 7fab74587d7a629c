package script

import (
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/exercise"
)

// claimExit compares the root process's end with an exit code.
func claimExit(o *box.Observation, want int) Claim {
	c := Claim{
		Subject: "exit",
		Outcome: exercise.OfExit,
		Holds:   o.Exit == box.Exit{Code: want},
		Want:    describeExit(box.Exit{Code: want}),
		Got:     describeExit(o.Exit),
		Said:    excerpt("stderr", o.Stderr.Bytes, 8),
	}
	if crash(strings.Split(string(o.Stderr.Bytes), "\n")) != nil {
		c.Outcome = exercise.OfCrash
	}
	return c
}

// claimEnded holds when no limit ended the run.
func claimEnded(o *box.Observation) Claim {
	if o.Hit == nil {
		return Claim{Subject: "ended", Holds: true}
	}
	c := Claim{
		Subject: "ended",
		Outcome: exercise.Outcome(o.Hit.Limit + " limit"),
		Want:    fmt.Sprintf("the program ends within its limits (%s: %s)", o.Hit.Limit, o.Hit.Bound),
		Got:     fmt.Sprintf("stopped at the %s limit: %s", o.Hit.Limit, o.Hit.Seen),
	}
	if p, ok := find(o.Processes, o.Hit.PID); ok {
		c.Detail = append(append(c.Detail, "reached by "+describe(p)), stalls(o, p)...)
	}
	for _, p := range o.Processes {
		if p.PID != o.Hit.PID && (p.Fate == box.CutOff || p.Fate == box.Root && o.Hit.Limit == "wall") {
			c.Detail = append(append(c.Detail, "still running: "+describe(p)), stalls(o, p)...)
		}
	}
	c.Said = append(excerpt("stdout", o.Stdout.Bytes, 4), excerpt("stderr", o.Stderr.Bytes, 8)...)
	return c
}

func claimEquals(stream, got, want string) Claim {
	if d, ok := unseen(want, got); ok {
		return Claim{
			Subject: stream,
			Want:    fmt.Sprintf("line %d is %q", d.line, d.want),
			Got:     fmt.Sprintf("line %d is %q: %s", d.line, d.got, d.words()),
			Outcome: exercise.OfForm,
		}
	}
	return Claim{Subject: stream, Outcome: exercise.Outcome(stream), Holds: got == want, Want: want, Got: got, Whole: true}
}

// claimUnordered compares lines as a multiset.
func claimUnordered(stream, got, want string) Claim {
	w, g := sortedLines(want), sortedLines(got)
	if d, ok := unseen(w, g); ok {
		return Claim{
			Subject: stream + " in any order",
			Want:    fmt.Sprintf("a line is %q", d.want),
			Got:     fmt.Sprintf("it is %q: %s", d.got, d.words()),
			Outcome: exercise.OfForm,
		}
	}
	return Claim{Subject: stream + " in any order", Outcome: exercise.Outcome(stream), Holds: w == g, Want: w, Got: g, Whole: true}
}

// claimMatches wants a pattern that was tried when the script was read.
func claimMatches(stream, got, pattern string) Claim {
	re := regexp.MustCompile("(?m)" + pattern)
	return Claim{
		Subject: stream,
		Outcome: exercise.Outcome(stream),
		Holds:   re.MatchString(got),
		Want:    matching(pattern),
		Got:     orNothing(got),
	}
}

func sortedLines(text string) string {
	if text == "" {
		return ""
	}
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	sort.Strings(lines)
	return strings.Join(lines, "\n") + "\n"
}

func orNothing(text string) string {
	if text == "" {
		return "(nothing)"
	}
	return text
}

// built is the folder in which programs are compiled, as a stack trace names it.
var built = regexp.MustCompile(`lockstep/u/[^/\s]+/`)

// excerpt returns what matters of a stream as evidence: a crash, where there is one,
// and otherwise the end.
func excerpt(name string, text []byte, most int) []string {
	trimmed := strings.TrimRight(string(text), "\n")
	if trimmed == "" {
		return nil
	}
	lines := strings.Split(built.ReplaceAllString(trimmed, ""), "\n")
	if told := crash(lines); told != nil {
		for i := range told {
			told[i] = name + ": " + told[i]
		}
		return told
	}
	first := max(0, len(lines)-most)
	var out []string
	if first > 0 {
		out = append(out, fmt.Sprintf("%s: … %s before", name, plural(strconv.Itoa(first), "line", "lines")))
	}
	for _, line := range lines[first:] {
		out = append(out, name+": "+line)
	}
	return out
}
