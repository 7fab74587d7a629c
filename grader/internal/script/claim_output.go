package script

import (
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"lockstep/grader/internal/box"
)

// claimExit compares the root process's end with an exit code.
func claimExit(o *box.Observation, want int) Claim {
	return Claim{
		Subject: "exit",
		Holds:   o.Exit == box.Exit{Code: want},
		Want:    describeExit(box.Exit{Code: want}),
		Got:     describeExit(o.Exit),
		Said:    excerpt("stderr", o.Stderr.Bytes, 8),
		Formal:  crash(strings.Split(string(o.Stderr.Bytes), "\n")) != nil,
	}
}

// claimEnded holds when no limit ended the run.
func claimEnded(o *box.Observation) Claim {
	if o.Hit == nil {
		return Claim{Subject: "ended", Holds: true}
	}
	c := Claim{
		Subject: "ended",
		Want:    fmt.Sprintf("the program ends within its limits (%s: %s)", o.Hit.Limit, o.Hit.Bound),
		Got:     fmt.Sprintf("stopped at the %s limit: %s", o.Hit.Limit, o.Hit.Seen),
	}
	if p, ok := find(o.Processes, o.Hit.PID); ok {
		c.Detail = append(c.Detail, "reached by "+describe(p))
	}
	for _, p := range o.Processes {
		if p.PID != o.Hit.PID && (p.Fate == box.CutOff || p.Fate == box.Root && o.Hit.Limit == "wall") {
			c.Detail = append(c.Detail, "still running: "+describe(p))
		}
	}
	c.Said = append(excerpt("stdout", o.Stdout.Bytes, 4), excerpt("stderr", o.Stderr.Bytes, 8)...)
	return c
}

func claimEquals(stream string, s box.Stream, want string) Claim {
	got := string(s.Bytes)
	if d, ok := unseen(want, got); ok {
		return Claim{
			Subject: stream,
			Want:    fmt.Sprintf("line %d is %q", d.line, d.want),
			Got:     fmt.Sprintf("line %d is %q: %s", d.line, d.got, d.words()),
			Formal:  true,
		}
	}
	return Claim{Subject: stream, Holds: got == want, Want: want, Got: got, Whole: true}
}

// claimUnordered compares lines as a multiset.
func claimUnordered(stream string, s box.Stream, want string) Claim {
	w, g := sortedLines(want), sortedLines(string(s.Bytes))
	if d, ok := unseen(w, g); ok {
		return Claim{
			Subject: stream + " in any order",
			Want:    fmt.Sprintf("a line is %q", d.want),
			Got:     fmt.Sprintf("it is %q: %s", d.got, d.words()),
			Formal:  true,
		}
	}
	return Claim{Subject: stream + " in any order", Holds: w == g, Want: w, Got: g, Whole: true}
}

// claimMatches wants a pattern that was tried when the script was read.
func claimMatches(stream string, s box.Stream, pattern string) Claim {
	re := regexp.MustCompile("(?m)" + pattern)
	return Claim{
		Subject: stream,
		Holds:   re.Match(s.Bytes),
		Want:    matching(pattern),
		Got:     orNothing(string(s.Bytes)),
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
