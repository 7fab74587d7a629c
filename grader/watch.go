package main

import (
	"context"
	"fmt"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/cache"
	"lockstep/grader/internal/watch"
)

const watchExamples = `  grader watch     go through the course, from the exercise that you were at
  grader watch 10  … from exercise 10
`

// runWatch marks the current exercise whenever one of its files is saved, and moves
// on when it passes.
func runWatch(ctx context.Context, c *cli) error {
	args, err := c.parse(watchExamples)
	if err != nil {
		return err
	}
	w, err := c.openWork()
	if err != nil {
		return err
	}
	e, left := w.Next()
	if len(args) > 0 {
		if e, err = c.one(args); err != nil {
			return err
		}
	} else if !left {
		fmt.Fprintf(c.out, "%s; to work at one again: make watch %s\n", w.AllDone(), w.Exercises[0].Typed())
		return nil
	}
	o := watch.Options{Course: c.course, State: c.state(), Grade: cache.Grader(verdicts(), 0, false), In: c.in, Out: c.out}
	if o.Tier, err = box.Strongest(ctx); err != nil {
		return err
	}
	return watch.Run(ctx, w, e, o)
}
