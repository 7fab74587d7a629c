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
		Detail:  excerpt("stderr", o.Stderr.Bytes, 8),
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
		if p.Fate == box.CutOff || p.Fate == box.Root && o.Hit.Limit == "wall" {
			c.Detail = append(c.Detail, "still running: "+describe(p))
		}
	}
	c.Detail = append(c.Detail, excerpt("stdout", o.Stdout.Bytes, 4)...)
	c.Detail = append(c.Detail, excerpt("stderr", o.Stderr.Bytes, 8)...)
	return c
}

func claimEquals(stream, got, want string) Claim {
	if c, ok := claimVisible(stream, want, got); ok {
		return c
	}
	return Claim{Subject: stream, Holds: got == want, Want: want, Got: got, Whole: true}
}

// claimVisible compares texts that differ only in white space at the ends of lines,
// which would look alike beside each other: the first such line is quoted.
func claimVisible(stream, want, got string) (Claim, bool) {
	w, g := strings.SplitAfter(want, "\n"), strings.SplitAfter(got, "\n")
	for i := range max(len(w), len(g)) {
		var a, b string
		if i < len(w) {
			a = w[i]
		}
		if i < len(g) {
			b = g[i]
		}
		if a == b {
			continue
		}
		if !sameButEnds(want, got) || len(a)+len(b) > 400 {
			break
		}
		return Claim{
			Subject: stream,
			Want:    fmt.Sprintf("line %d is %q", i+1, a),
			Got:     fmt.Sprintf("line %d is %q: only its end differs", i+1, b),
		}, true
	}
	return Claim{}, false
}

// sameButEnds reports whether two texts differ in nothing but white space at the ends of lines.
func sameButEnds(a, b string) bool {
	trim := func(text string) string {
		lines := strings.Split(text, "\n")
		for i := range lines {
			lines[i] = strings.TrimRight(lines[i], " \t\r")
		}
		return strings.TrimRight(strings.Join(lines, "\n"), "\n")
	}
	return trim(a) == trim(b) && trim(a) != ""
}

// claimUnordered compares lines as a multiset.
func claimUnordered(stream, got, want string) Claim {
	w, g := sortedLines(want), sortedLines(got)
	return Claim{Subject: stream + " in any order", Holds: w == g, Want: w, Got: g, Whole: true}
}

// claimMatches wants a pattern that was tried when the script was read.
func claimMatches(stream, got, pattern string) Claim {
	re := regexp.MustCompile("(?m)" + pattern)
	return Claim{
		Subject: stream,
		Holds:   re.MatchString(got),
		Want:    matching(pattern),
		Got:     orNothing(got),
	}
}

// matching says what a pattern wants. One that is a whole line says so without signs.
func matching(pattern string) string {
	line, begins := strings.CutPrefix(strings.TrimPrefix(pattern, "(?m)"), "^")
	line, ends := strings.CutSuffix(line, "$")
	if begins && ends && line != "" && regexp.QuoteMeta(line) == line {
		return "a line " + line
	}
	return "a match of " + pattern
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

// excerpt returns what matters of a stream as evidence: from the first word of a
// crash on, where there is one, and otherwise the end.
func excerpt(name string, text []byte, most int) []string {
	trimmed := strings.TrimRight(string(text), "\n")
	if trimmed == "" {
		return nil
	}
	lines := strings.Split(built.ReplaceAllString(trimmed, ""), "\n")
	first := max(0, len(lines)-most)
	for i, line := range lines {
		if strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ") {
			first = i
			break
		}
	}
	var out []string
	if first > 0 {
		out = append(out, fmt.Sprintf("%s: … %s before", name, plural(strconv.Itoa(first), "line", "lines")))
	}
	last := min(len(lines), first+most)
	for _, line := range lines[first:last] {
		out = append(out, name+": "+line)
	}
	if last < len(lines) {
		out = append(out, fmt.Sprintf("%s: … %s more", name, plural(strconv.Itoa(len(lines)-last), "line", "lines")))
	}
	return out
}
