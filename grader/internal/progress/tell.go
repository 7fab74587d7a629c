package progress

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/submission"
)

// List writes the exercises by chapter, or by topic where the course has no chapters, and
// what is done of them.
func (w *Work) List(out io.Writer, ascii bool) {
	passed, here, putOff, unchecked, open := "✓", "▸", "–", "?", " "
	if ascii {
		passed, here, putOff, unchecked, open = "ok", "->", "--", "??", "  "
	}
	next, _ := w.Next()
	if c := w.Exercises[0].Course; c != nil {
		fmt.Fprintf(out, "%s\n\n", c.Title)
	}
	heading, points := "", 0
	for _, e := range w.Exercises {
		chapter := e.Chapter().Title
		if under := cmp.Or(chapter, e.Topic); under != heading {
			heading = under
			if w.Finished(chapter) {
				under += "  (done)"
			}
			fmt.Fprintln(out, under)
		}
		mark, note := open, ""
		switch {
		case w.Done(e):
			mark = passed
		case w.Unchecked(e):
			mark, note = unchecked, "  (not all of it could be checked here)"
		case e == next:
			mark = here
		}
		if w.Progress.Of(e.ID).Skipped && mark != passed {
			mark, note = putOff, "  (put off)"
		}
		fmt.Fprintf(out, "%s %-24s %3d points  %s%s\n", mark, e.ID, e.Points, e.Title, note)
		points += e.Points
	}
	exercises := "exercises"
	if len(w.Exercises) == 1 {
		exercises = "exercise"
	}
	fmt.Fprintf(out, "%d %s, %d points; %d done\n", len(w.Exercises), exercises, points, w.Count())
}

// AllDone says that there is nothing left to do.
func (w *Work) AllDone() string {
	if len(w.Exercises) == 1 {
		return "the only exercise is done"
	}
	return fmt.Sprintf("all %d exercises are done", len(w.Exercises))
}

// Describe writes what an exercise asks for.
func Describe(out io.Writer, e *exercise.Exercise) {
	fmt.Fprintf(out, "%s  %s (%s, %d points)\n", e.ID, e.Title, e.Topic, e.Points)
	if c := e.Chapter(); c.Title != "" {
		fmt.Fprintf(out, "chapter %q: %s\n", c.Title, c.About)
	}
	fmt.Fprintf(out, "\n%s\n", strings.TrimSpace(e.Goal))
	if readme := e.Readme(); readme != exercise.ReadmeFile {
		fmt.Fprintf(out, "\nread:\n  %s/%s\n", submission.Shown(e.Dir), readme)
	}
	fmt.Fprint(out, "\nedit:\n")
	for _, f := range e.Edit {
		fmt.Fprintf(out, "  %s/%s\n", submission.Shown(e.Dir), f)
	}
	fmt.Fprintln(out, "\nchecks:")
	for _, check := range e.Checks {
		if !check.Hidden {
			note := ""
			if check.Bonus {
				note = " (bonus)"
			}
			fmt.Fprintf(out, "  %2d  %s%s\n", check.Points, check.Called(), note)
		}
	}
}
