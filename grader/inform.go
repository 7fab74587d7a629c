package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/plan"
	"lockstep/grader/internal/progress"
	"lockstep/grader/internal/report"
	"lockstep/grader/internal/terminal"
	"lockstep/grader/internal/usage"
)

// openWork reads a student's own way through the course.
func (c *cli) openWork() (*progress.Work, error) {
	exercises, err := c.load(nil)
	if err != nil {
		return nil, err
	}
	return progress.Open(c.state(), exercises), nil
}

// state is the folder in which a course's progress is remembered, apart from that of others
// in the same home.
func (c *cli) state() string {
	dir := os.Getenv("LOCKSTEP_STATE")
	if dir == "" {
		home, err := exercise.Home(c.course)
		if err != nil {
			home = c.course
		}
		dir = filepath.Join(home, ".lockstep")
	}
	if place := exercise.Place(c.course); place != "" {
		return filepath.Join(dir, "courses", filepath.FromSlash(place))
	}
	return dir
}

func runList(_ context.Context, c *cli) error {
	if _, err := c.parse("  grader list\n"); err != nil {
		return err
	}
	w, err := c.openWork()
	if err != nil {
		return err
	}
	w.List(c.out, terminal.Style(c.out).ASCII)
	return nil
}

func runShow(_ context.Context, c *cli) error {
	args, err := c.parse("  grader show 10  what exercise 10 asks for\n  grader show     … the exercise to work at\n")
	if err != nil {
		return err
	}
	e, err := c.current(args)
	if err != nil {
		return err
	}
	out := terminal.Folded(c.out)
	progress.Describe(out, e)
	fmt.Fprintln(out, "\nrules:")
	for _, rule := range e.Rules("what all exercises allow") {
		fmt.Fprintf(out, "  %s\n", rule)
	}
	fmt.Fprintf(out, "\nall exercises allow:\n%s", exercise.Harmless("  "))
	return nil
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
	e, ok := w.Next()
	if !ok {
		fmt.Fprintln(c.out, w.AllDone())
		return nil
	}
	out := terminal.Folded(c.out)
	if behind := w.Behind(e); behind != "" {
		fmt.Fprintf(out, "the chapter %q is done\n\n", behind)
	}
	progress.Describe(out, e)
	fmt.Fprintf(out, "\nrepair it, then: make grade %s   (or leave make watch%s running)\n", e.Typed(), e.CourseTyped())
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
	e, err := c.current(args)
	if err != nil {
		return err
	}
	if *number == 0 {
		return w.Hint(terminal.Folded(c.out), e)
	}
	if *number < 1 || *number > len(e.Hints) {
		return usage.Errorf("%s has hints 1 to %d", e.ID, len(e.Hints))
	}
	progress.WriteHint(terminal.Folded(c.out), e, *number)
	return nil
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
	for _, s := range plan.New(e, *seed).Scripts {
		fmt.Fprintf(c.out, "=== %s\n%s", s.Check.Name, s.Text)
	}
	return nil
}

func runSchema(_ context.Context, c *cli) error {
	args, err := c.parse("  grader schema > exercise.schema.json\n  grader schema course > course.schema.json\n  grader schema report > report.schema.json\n")
	if err != nil {
		return err
	}
	of := map[string]func() ([]byte, error){"": exercise.Schema, "exercise": exercise.Schema, "course": exercise.CourseSchema, "checks": exercise.ChecksSchema, "texts": exercise.TextsSchema, "course-texts": exercise.CourseTextsSchema, "report": report.Schema}
	make := of[strings.Join(args, " ")]
	if make == nil {
		return usage.Errorf("found %q, can be exercise, course, checks, texts, course-texts or report", strings.Join(args, " "))
	}
	text, err := make()
	if err != nil {
		return err
	}
	_, err = c.out.Write(text)
	return err
}
