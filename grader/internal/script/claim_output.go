package script

import (
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/explore/detect"
)

// claimExit compares the root process's end with exit codes.
func claimExit(o *box.Observation, want exercise.Codes) Claim {
	c := Claim{
		Subject: "exit",
		Outcome: exercise.OfExit,
		Holds:   want.Has(o.Exit.Code, o.Exit.Signal != 0),
		Want:    "exit code " + want.String(),
		Got:     describeExit(o.Exit),
		Said:    excerpt("stderr", o.Stderr.Bytes, 8),
	}
	if want == exercise.Failing {
		c.Want = "an exit code other than 0"
	}
	if crash(strings.Split(string(o.Stderr.Bytes), "\n")) != nil {
		c.Outcome = exercise.OfCrash
	}
	if len(o.Signals) > 0 { // by which others may be left
		c.Detail = describeAll(o.Processes[min(1, len(o.Processes)):], nothingMore)
	}
	return c
}

// claimEnded holds when no limit ended the run.
func claimEnded(o *box.Observation) Claim {
	if o.Exceeded == nil {
		return Claim{Subject: "ended", Holds: true}
	}
	c := Claim{
		Subject: "ended",
		Outcome: exercise.Outcome(o.Exceeded.Limit + " limit"),
		Want:    fmt.Sprintf("the program ends within its limits (%s: %s)", o.Exceeded.Limit, o.Exceeded.Bound),
		Got:     fmt.Sprintf("stopped at the %s limit: %s", o.Exceeded.Limit, o.Exceeded.Seen),
	}
	if p, ok := find(o.Processes, o.Exceeded.PID); ok {
		c.Detail = append(append(c.Detail, "reached by "+describe(p)), stalls(o, p)...)
	}
	for _, p := range o.Processes {
		if p.PID != o.Exceeded.PID && (p.State == box.CutOff || p.State == box.Root && o.Exceeded.Limit == "wall") {
			c.Detail = append(append(c.Detail, "still running: "+describe(p)), stalls(o, p)...)
		}
	}
	if why := leftOpen(o); why != "" && o.Exceeded.Limit == "wall" {
		c.Outcome, c.Got = exercise.Outcome(detect.EndLeftOpen), c.Got+": "+why
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

// claimOrder wants every line that holds one text before every line that holds the next.
func claimOrder(stream, got, want string) Claim {
	c := Claim{Subject: stream, Outcome: exercise.Outcome(stream), Got: orNothing(got)}
	texts, lines := strings.Split(strings.TrimSuffix(want, "\n"), "\n"), strings.Split(got, "\n")
	c.Want = fmt.Sprintf("all lines with %q, then lines with %q", texts[0], texts[1])
	for _, text := range texts[2:] {
		c.Want += fmt.Sprintf(", then %q", text)
	}
	last := -1 // line that holds the text before
	for _, text := range texts {
		first, end := -1, -1
		for i, line := range lines {
			if strings.Contains(line, text) {
				if end = i; first < 0 {
					first = i
				}
			}
		}
		switch {
		case first < 0:
			c.Got = fmt.Sprintf("no line with %q", text)
			return c
		case first <= last:
			c.Got = fmt.Sprintf("line %d is %q, and line %d %q", first+1, lines[first], last+1, lines[last])
			return c
		}
		last = end
	}
	c.Holds = true
	return c
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
