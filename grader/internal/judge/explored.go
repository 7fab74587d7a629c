package judge

import (
	"fmt"

	"lockstep/grader/internal/explore"
	"lockstep/grader/internal/script"
)

// timelineWidth is the width at which a failed interleaving is written where the
// reader's width is not known.
const timelineWidth = 96

// judgeExplored passes a program in which no interleaving that was run fails. One
// that was not explored to its end, or that is not deterministic, passes too: the
// message says how much was tried.
func judgeExplored(v *Verdict, r *script.Record) {
	e := r.Explored
	v.Interleavings = e
	v.Message = e.Text
	if e.Outcome != explore.Failed || len(e.Failures) == 0 {
		v.Status = Pass
		v.Evidence = append(v.Evidence, notes(e)...)
		return
	}
	f := e.Failures[0]
	v.Status, v.Message = Fail, f.Title
	if v.Hidden {
		v.Message = fmt.Sprintf("%s, for an input that is not shown", f.Pattern)
		v.Interleavings = nil
		return
	}
	v.File, v.Line = place(f)
	v.Replay = f.Schedule
	v.Evidence = append(v.Evidence, Evidence{Ran, []string{fmt.Sprintf("%s  (%s)", r.Line, e.Text)}})
	var lines []string
	for _, l := range explore.Timeline(f, e, timelineWidth, false, "") {
		lines = append(lines, l.String())
	}
	v.Evidence = append(v.Evidence, Evidence{Timeline, lines})
	v.Evidence = append(v.Evidence, notes(e)...)
}

// place is where the step that does the damage, or a process that waits for ever,
// stands.
func place(f explore.Failure) (file string, line int) {
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
