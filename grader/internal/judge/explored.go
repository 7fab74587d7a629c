package judge

import (
	"fmt"
	"slices"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/explore"
	"lockstep/grader/internal/script"
)

// judgeExplored passes a program of which all interleavings, or many, were run, and
// none fails; the message says how many. What kept others from being run is the
// program's fault where the exercise forbids it, and otherwise leaves the check open.
func judgeExplored(v *Verdict, ex *exercise.Exercise, r *script.Record) {
	e := r.Explored
	v.Interleavings = e
	v.Message = e.Text
	if e.Outcome != explore.Failed {
		v.Evidence = append(v.Evidence, notes(e)...)
		if failsByClaims(v, ex, r) {
			return
		}
		v.Status = statusOf(ex, e)
		if v.Status == Fail {
			v.Message += ", which this exercise forbids"
		}
		if c := firstUnseen(r); c != nil && v.Status == Pass {
			v.Status, v.Message = NotChecked, untold(c)
		}
		if e.Reliance != nil {
			v.show(e.Reliance, r)
		}
		return
	}
	f := e.Failures[0]
	v.Status, v.Message, v.Kind = Fail, f.Title, string(f.Pattern)
	v.show(&f, r)
	v.Evidence = append(v.Evidence, notes(e)...)
}

// Shown is the interleaving that the verdict's evidence of kind Timeline speaks of; nil:
// there is none.
func (v *Verdict) Shown() *explore.Failure {
	switch e := v.Interleavings; {
	case e == nil:
		return nil
	case len(e.Failures) > 0:
		return &e.Failures[0]
	default:
		return e.Reliance
	}
}

// show puts a run that went wrong into the evidence.
func (v *Verdict) show(f *explore.Failure, r *script.Record) {
	v.File, v.Line = place(f)
	v.Replay = f.Schedule
	v.Evidence = append(v.Evidence, Evidence{Ran, []string{r.Line}})
	v.Evidence = append(v.Evidence, Evidence{Kind: Timeline})
}

// failsByClaims fails a check that has a report of its own and claims beside it: of
// runs without the children's work.
func failsByClaims(v *Verdict, e *exercise.Exercise, r *script.Record) bool {
	for _, c := range r.Claims {
		if !c.Holds && (!c.Unseen || forbids(e, c.Obstacle)) {
			v.Status, v.Message, v.Kind = Fail, c.Summary(), kind(c)
			v.pointAt(c)
			if v.Evidence = evidence(c, r); len(r.Runs) == 0 {
				v.Evidence = append([]Evidence{{Ran, []string{r.Line}}}, v.Evidence...)
			}
			return true
		}
	}
	return false
}

// firstUnseen is the first claim of which nobody knows whether it holds.
func firstUnseen(r *script.Record) *script.Claim {
	for i := range r.Claims {
		if !r.Claims[i].Holds {
			return &r.Claims[i]
		}
	}
	return nil
}

// statusOf is what becomes of a check none of whose interleavings was seen to fail.
func statusOf(e *exercise.Exercise, x *explore.Report) Status {
	switch x.Outcome {
	case explore.Verified, explore.Tested:
		return Pass
	}
	if forbids(e, x.Obstacle) {
		return Fail
	}
	return NotChecked
}

// forbids reports whether an exercise forbids what keeps a program from being held.
func forbids(e *exercise.Exercise, o explore.Obstacle) bool {
	return o == explore.Goroutines && slices.Contains(e.Forbid, exercise.Goroutines) ||
		o == explore.Foreigners && !e.Grants("os/exec")
}

// place is where the step that does the damage, or a process that waits for ever,
// stands.
func place(f *explore.Failure) (file string, line int) {
	for _, w := range f.Waits {
		if w.Site.Line != 0 {
			return w.Site.File, w.Site.Line
		}
	}
	for _, s := range f.Steps {
		if s.Matters && len(s.Notes) > 0 && s.Site.Line != 0 {
			return s.Site.File, s.Site.Line
		}
	}
	return "", 0
}

// notes are what a person should know beside the outcome.
func notes(e *explore.Report) []Evidence {
	lines := append([]string(nil), e.Warnings...)
	if d := e.Difference; d != nil {
		lines = append(lines, fmt.Sprintf("not deterministic: %s went two ways at %s:%d: %s, then %s", d.Column.Title, d.Site.File, d.Site.Line, d.First, d.Second))
	}
	if len(lines) == 0 {
		return nil
	}
	return []Evidence{{Note, lines}}
}
