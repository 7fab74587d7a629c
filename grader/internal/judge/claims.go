package judge

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/explore"
	"lockstep/grader/internal/script"
)

// judgeClaims passes a record whose every claim holds, and otherwise tells the
// first that does not.
func judgeClaims(v *Verdict, e *exercise.Exercise, r *script.Record) {
	for _, c := range r.Claims {
		switch {
		case c.Holds:
		case c.Unseen && !forbids(e, c.Obstacle):
			v.Status, v.Message = NotChecked, untold(&c)
			return
		default:
			v.Status, v.Message, v.Kind = Fail, c.Summary(), kind(c)
			v.Evidence = evidence(c, r)
			v.pointAt(c)
			if r.Held != nil {
				v.stuck(r.Held)
			}
			return
		}
	}
	v.Status = Pass
	if slices.ContainsFunc(r.Runs, func(run script.Execution) bool { return len(run.Forced) > 0 }) {
		v.Message = "orders of file steps were forced, not all explored"
	}
}

// pointAt names the line that has most to do with a claim that does not hold.
func (v *Verdict) pointAt(c script.Claim) {
	if len(c.Places) > 0 {
		v.File, v.Line = c.Places[0].File, c.Places[0].Line
	}
}

// stuck adds who waits for what in a run that did not end.
func (v *Verdict) stuck(e *explore.Report) {
	v.Interleavings = e
	v.File, v.Line = place(v.Shown())
	v.Evidence = append(v.Evidence, Evidence{Note, []string{"why, seen with its processes let go one at a time:"}}, Evidence{Kind: Timeline})
}

// untold says why it is not known whether a claim holds.
func untold(c *script.Claim) string {
	if c.Obstacle != "" {
		return "whether its children do the work can't be told: " + c.Obstacle.Why()
	}
	return fmt.Sprintf("this machine can't tell: %s", c.Summary())
}

// kind says in one line what is wrong, and not with which input.
func kind(c script.Claim) string {
	switch {
	case c.Subject == "exit":
		return "ends in the wrong way"
	case c.Subject == "signals":
		return "does not come to where it is sent a signal"
	case c.Subject == "dialogue":
		return "does not answer as it should"
	case c.Subject == "ended":
		return "does not end within its limits"
	case c.Outcome == exercise.OfJoined:
		return "a child is not joined"
	case c.Outcome == exercise.OfOverlap:
		return "the number of children at the same time is wrong"
	case c.Outcome == exercise.OfWork:
		return "the children do not do the work"
	case strings.HasSuffix(c.Subject, "s"): // processes, requests, races
		return fmt.Sprintf("the %s are wrong", c.Subject)
	}
	return fmt.Sprintf("the %s is wrong", c.Subject)
}

// evidence shows a claim that does not hold: what was run, both sides, and the facts.
func evidence(c script.Claim, r *script.Record) []Evidence {
	var out []Evidence
	if c.Run < len(r.Runs) {
		run := &r.Runs[c.Run]
		out = append(out, Evidence{Ran, []string{run.Line}})
		if sent := script.Signalled(run.Observation); len(sent) > 0 {
			out = append(out, Evidence{Signals, sent})
		}
		if len(run.Forced) > 0 {
			out = append(out, Evidence{Note, append([]string{"orders of file steps were forced on this run, not all explored:"}, run.Forced...)})
		}
	}
	switch {
	case c.Whole && c.Got == "":
		out = append(out, Evidence{Expected, lines(c.Want)}, Evidence{Seen, []string{"nothing"}})
	case c.Whole && !c.Short():
		text := string(diff.Diff("expected", []byte(c.Want), "seen", []byte(c.Got)))
		out = append(out, Evidence{Diff, diffBody(text)})
	default:
		out = append(out, Evidence{Expected, lines(c.Want)}, Evidence{Seen, lines(c.Got)})
	}
	if len(c.Detail) > 0 {
		out = append(out, Evidence{Processes, c.Detail})
	}
	if len(c.Said) > 0 {
		out = append(out, Evidence{Printed, c.Said})
	}
	if len(c.Places) > 0 {
		var told []string
		for _, p := range c.Places {
			told = append(told, p.String())
		}
		out = append(out, Evidence{Places, told})
	}
	return out
}

func lines(text string) []string {
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// diffBody drops a unified diff's three header lines: the report says itself
// which side is which.
func diffBody(text string) []string {
	all := lines(text)
	for i, line := range all {
		if strings.HasPrefix(line, "+++ ") {
			return all[i+1:]
		}
	}
	return all
}

// firstPlace finds the first file:line in the compiler's words.
func firstPlace(said []string) (file string, line int) {
	for _, s := range said {
		name, rest, ok := strings.Cut(s, ".go:")
		if !ok {
			continue
		}
		if _, err := fmt.Sscanf(rest, "%d", &line); err == nil {
			return name + ".go", line
		}
	}
	return "", 0
}
