package main

import (
	"context"
	"fmt"
	"strings"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/plan"
)

func runList(_ context.Context, c *cli) error {
	args, err := c.parse("  grader list\n")
	if err != nil {
		return err
	}
	exercises, err := c.load(args)
	if err != nil {
		return err
	}
	topic, points := "", 0
	for _, e := range exercises {
		if e.Topic != topic {
			topic = e.Topic
			fmt.Fprintf(c.out, "%s\n", topic)
		}
		fmt.Fprintf(c.out, "  %-24s %3d points  %s\n", e.ID, e.Points, e.Title)
		points += e.Points
	}
	fmt.Fprintf(c.out, "%d exercises, %d points\n", len(exercises), points)
	return nil
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
	return nil
}

func runHint(_ context.Context, c *cli) error {
	number := c.flags.Int("n", 1, "the hint's number, from 1: a nudge; the last is nearly the answer")
	args, err := c.parse("  grader hint 10        the first hint\n  grader hint 10 --n 2  the second\n")
	if err != nil {
		return err
	}
	e, err := c.one(args)
	if err != nil {
		return err
	}
	if *number < 1 || *number > len(e.Hints) {
		return usagef("%s has hints 1 to %d", e.ID, len(e.Hints))
	}
	fmt.Fprintf(c.out, "hint %d of %d: %s\n", *number, len(e.Hints), strings.TrimSpace(e.Hints[*number-1]))
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
	for _, job := range plan.New([]*exercise.Exercise{e}, *seed).Jobs {
		for _, s := range job.Scripts {
			fmt.Fprintf(c.out, "=== %s\n%s", s.Check.Name, s.Text)
		}
	}
	return nil
}

func runSchema(_ context.Context, c *cli) error {
	if _, err := c.parse("  grader schema > exercise.schema.json\n"); err != nil {
		return err
	}
	text, err := exercise.Schema()
	if err != nil {
		return err
	}
	_, err = c.out.Write(text)
	return err
}
