package main

import (
	"context"
	"runtime"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/explore"
	"lockstep/grader/internal/grading"
	"lockstep/grader/internal/replay"
	"lockstep/grader/internal/usage"
)

const replayExamples = `  grader replay 10                                run the interleaving again that grade showed last
  grader replay 10 --schedule 0.0.1.2.2.1         run that interleaving again
  grader replay 10 --schedule 0.0.1.2.2.1 --step  … and wait for Enter at each switch
  grader replay 10 --all                          count what goes wrong in all interleavings
`

// runReplay runs one schedule of an exercise's program again, also of a program
// that has changed since, as far as the schedule goes.
func runReplay(ctx context.Context, c *cli) error {
	tree := c.flags.String("submission", "", "take the edited files from `DIR`")
	schedule := c.flags.String("schedule", "", "the `S` that a failed check named; by default that of the one shown last")
	name := c.flags.String("check", "", "the `NAME` of the check; by default the first that explores interleavings")
	step := c.flags.Bool("step", false, "wait for Enter whenever another process goes on")
	all := c.flags.Bool("all", false, "try all interleavings: count those that fail by what goes wrong, with one of each")
	seed := c.flags.Uint64("seed", 1, "draw open arguments and schedules from `N`")
	args, err := c.parse(replayExamples)
	if err != nil {
		return err
	}
	e, err := c.current(args)
	if err != nil {
		return err
	}
	if *schedule == "" && !*all {
		if *schedule, err = c.shown(e, name, seed); err != nil {
			return err
		}
	}
	if *schedule != "" && *all {
		return usage.Errorf("--schedule runs one interleaving and --all tries all: name one of them")
	}
	if *schedule != "" {
		if err := explore.CheckSchedule(*schedule); err != nil {
			return &usage.Error{Err: err}
		}
	} else if *step {
		return usage.Errorf("--step goes through one interleaving, and --all tries all")
	}
	if *tree == "" {
		*tree = c.course
	}
	asked, err := replay.Read(*tree, e, *name, *schedule, *seed)
	if err != nil {
		return err
	}
	var each func(explore.Moment)
	if *step {
		each = replay.Steps(c.in, c.out)
	}
	results, err := grading.Grade(ctx, c.course, []grading.Task{asked.Task}, asked.Options(grading.Options{Jobs: runtime.NumCPU(), Whole: true}, each))
	if err != nil {
		return err
	}
	failed, err := asked.Write(c.out, results[0])
	if failed {
		return errFailed
	}
	return err
}

// shown is the failing interleaving that was shown last of a student's own program, with
// its check and its seed.
func (c *cli) shown(e *exercise.Exercise, check *string, seed *uint64) (schedule string, err error) {
	w, err := c.openWork()
	if err != nil {
		return "", err
	}
	last := w.Progress.Of(e.ID).Shown
	if last == nil || *check != "" && *check != last.Check {
		return "", usage.Errorf("no failing interleaving of %s was shown so far: make grade %[2]s shows one, and make replay %[2]s ALL=1 tries all", e.ID, e.Typed())
	}
	*check, *seed = last.Check, last.Seed
	return last.Schedule, nil
}
