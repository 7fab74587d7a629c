package progress

import (
	"fmt"
	"io"
	"strings"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/submission"
)

// List writes the exercises by topic, and what is done of them.
func (w *Work) List(out io.Writer, ascii bool) {
	passed, here, putOff, open := "✓", "▸", "–", " "
	if ascii {
		passed, here, putOff, open = "ok", "->", "--", "  "
	}
	next, _ := w.Next()
	topic, points := "", 0
	for _, e := range w.Exercises {
		if e.Topic != topic {
			topic = e.Topic
			fmt.Fprintf(out, "%s\n", topic)
		}
		mark, note := open, ""
		switch {
		case w.Done(e):
			mark = passed
		case e == next:
			mark = here
		}
		if w.Progress.Of(e.ID).Skipped && mark != passed {
			mark, note = putOff, "  (put off)"
		}
		fmt.Fprintf(out, "%s %-24s %3d points  %s%s\n", mark, e.ID, e.Points, e.Title, note)
		points += e.Points
	}
	fmt.Fprintf(out, "%d exercises, %d points; %d done\n", len(w.Exercises), points, w.Count())
}

// Describe writes what an exercise asks for.
func Describe(out io.Writer, e *exercise.Exercise) {
	fmt.Fprintf(out, "%s  %s (%s, %d points)\n\n%s\n\nedit:\n", e.ID, e.Title, e.Topic, e.Points, strings.TrimSpace(e.Goal))
	for _, f := range e.Edit {
		fmt.Fprintf(out, "  %s/%s\n", submission.Shown(e.Dir), f)
	}
	fmt.Fprintln(out, "\nchecks:")
	for _, check := range e.Checks {
		if !check.Hidden {
			fmt.Fprintf(out, "  %2d  %s\n", check.Points, check.Name)
		}
	}
}
