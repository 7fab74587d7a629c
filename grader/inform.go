package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/plan"
	"lockstep/grader/internal/progress"
	"lockstep/grader/internal/report"
)

func runList(_ context.Context, c *cli) error {
	if _, err := c.parse("  grader list\n"); err != nil {
		return err
	}
	w, err := c.openWork()
	if err != nil {
		return err
	}
	w.list(c.out, styleOf(c.out).ASCII)
	return nil
}

// list writes the exercises by topic, and what is done of them.
func (w *work) list(out io.Writer, ascii bool) {
	passed, here, putOff, open := "✓", "▸", "–", " "
	if ascii {
		passed, here, putOff, open = "ok", "->", "--", "  "
	}
	next, _ := w.next()
	topic, points := "", 0
	for _, e := range w.exercises {
		if e.Topic != topic {
			topic = e.Topic
			fmt.Fprintf(out, "%s\n", topic)
		}
		mark, note := open, ""
		switch {
		case w.done(e):
			mark = passed
		case e == next:
			mark = here
		}
		if w.progress.Of(e.ID).Skipped && mark != passed {
			mark, note = putOff, "  (put off)"
		}
		fmt.Fprintf(out, "%s %-24s %3d points  %s%s\n", mark, e.ID, e.Points, e.Title, note)
		points += e.Points
	}
	fmt.Fprintf(out, "%d exercises, %d points; %d done\n", len(w.exercises), points, w.count())
}

func runShow(_ context.Context, c *cli) error {
	args, err := c.parse("  grader show 10\n")
	if err != nil {
		return err
	}
	e, err := c.one(args)
	if err != nil {
		return err
	}
	c.tell(e)
	fmt.Fprintln(c.out, "\nrules:")
	for _, rule := range e.Rules("what all exercises allow") {
		fmt.Fprintf(c.out, "  %s\n", rule)
	}
	fmt.Fprintf(c.out, "\nall exercises allow:\n%s", exercise.Harmless("  "))
	return nil
}

// tell writes what an exercise asks for.
func (c *cli) tell(e *exercise.Exercise) {
	fmt.Fprintf(c.out, "%s  %s (%s, %d points)\n\n%s\n\nedit:\n", e.ID, e.Title, e.Topic, e.Points, strings.TrimSpace(e.Goal))
	for _, f := range e.Edit {
		fmt.Fprintf(c.out, "  %s/%s\n", shown(e.Dir), f)
	}
	fmt.Fprintln(c.out, "\nchecks:")
	for _, check := range e.Checks {
		if !check.Hidden {
			fmt.Fprintf(c.out, "  %2d  %s\n", check.Points, check.Name)
		}
	}
}

// runNext shows the exercise to work at next.
func runNext(_ context.Context, c *cli) error {
	if _, err := c.parse("  grader next\n"); err != nil {
		return err
	}
	w, err := c.openWork()
	if err != nil {
		return err
	}
	e, ok := w.next()
	if !ok {
		fmt.Fprintf(c.out, "all %d exercises are done\n", len(w.exercises))
		return nil
	}
	c.tell(e)
	number, _, _ := strings.Cut(e.ID, "-")
	fmt.Fprintf(c.out, "\nrepair it, then: make grade EX=%s   (or leave make watch running)\n", number)
	return nil
}

// runHint gives one hint more each time.
func runHint(_ context.Context, c *cli) error {
	number := c.flags.Int("n", 0, "the hint's number, from 1: a nudge; the last is nearly the answer")
	args, err := c.parse("  grader hint 10        the next hint for exercise 10\n  grader hint           … for the exercise to work at\n  grader hint 10 --n 1  the first again\n")
	if err != nil {
		return err
	}
	w, err := c.openWork()
	if err != nil {
		return err
	}
	e, ok := w.next()
	if len(args) > 0 || !ok {
		if e, err = c.one(args); err != nil {
			return err
		}
	}
	if *number == 0 {
		return w.hint(c.out, e)
	}
	if *number < 1 || *number > len(e.Hints) {
		return usagef("%s has hints 1 to %d", e.ID, len(e.Hints))
	}
	writeHint(c.out, e, *number)
	return nil
}

// hint writes the next hint, and remembers that it was given.
func (w *work) hint(out io.Writer, e *exercise.Exercise) error {
	if len(e.Hints) == 0 {
		fmt.Fprintf(out, "%s has no hints\n", e.ID)
		return nil
	}
	given := w.progress.Of(e.ID).Hints
	writeHint(out, e, min(given+1, len(e.Hints)))
	if given >= len(e.Hints) {
		fmt.Fprintln(out, "there are no more; an earlier one again: make hint N=1")
		return nil
	}
	// A hint that can't be counted is given all the same.
	if err := w.change(func(p *progress.Progress) { p.Of(e.ID).Hints++ }); err != nil {
		fmt.Fprintf(out, "(%v)\n", err)
	}
	return nil
}

func writeHint(out io.Writer, e *exercise.Exercise, n int) {
	fmt.Fprintf(out, "%s, hint %d of %d: %s\n", e.ID, n, len(e.Hints), strings.TrimSpace(e.Hints[n-1]))
}

func runScript(_ context.Context, c *cli) error {
	seed := c.flags.Uint64("seed", 1, "draw open arguments from `N`")
	args, err := c.parse("  grader script 10\n")
	if err != nil {
		return err
	}
	e, err := c.one(args)
	if err != nil {
		return err
	}
	for _, job := range plan.New([]*exercise.Exercise{e}, *seed).Jobs {
		for _, s := range job.Scripts {
			fmt.Fprintf(c.out, "=== %s\n%s", s.Check.Name, s.Text)
		}
	}
	return nil
}

func runSchema(_ context.Context, c *cli) error {
	args, err := c.parse("  grader schema > exercise.schema.json\n  grader schema report > report.schema.json\n")
	if err != nil {
		return err
	}
	of := exercise.Schema
	switch {
	case len(args) == 1 && args[0] == "report":
		of = report.Schema
	case len(args) > 1 || len(args) == 1 && args[0] != "exercise":
		return usagef("found %q, can be exercise or report", strings.Join(args, " "))
	}
	text, err := of()
	if err != nil {
		return err
	}
	_, err = c.out.Write(text)
	return err
}
