package main

import (
	"context"
	"runtime"

	"lockstep/grader/internal/explore"
	"lockstep/grader/internal/grading"
	"lockstep/grader/internal/replay"
	"lockstep/grader/internal/usage"
)

const replayExamples = `  grader replay 10 --schedule 0.0.1.2.2.1         run that interleaving again
  grader replay 10 --schedule 0.0.1.2.2.1 --step  … and wait for Enter at each switch
  grader replay 10 --all                          list every interleaving that fails
`

// runReplay runs one schedule of an exercise's program again, also of a program
// that has changed since, as far as the schedule goes.
func runReplay(ctx context.Context, c *cli) error {
	tree := c.flags.String("submission", "", "take the edited files from `DIR`")
	schedule := c.flags.String("schedule", "", "the `S` that a failed check named")
	name := c.flags.String("check", "", "the `NAME` of the check; by default the first that explores interleavings")
	step := c.flags.Bool("step", false, "wait for Enter whenever another process goes on")
	all := c.flags.Bool("all", false, "list every interleaving that fails")
	seed := c.flags.Uint64("seed", 1, "draw open arguments and schedules from `N`")
	args, err := c.parse(replayExamples)
	if err != nil {
		return err
	}
	e, err := c.one(args)
	if err != nil {
		return err
	}
	if *schedule == "" && !*all {
		return usage.Errorf("name a schedule by --schedule, as a failed check printed it, or list the failing ones by --all")
	}
	if *schedule != "" && *all {
		return usage.Errorf("--schedule runs one interleaving and --all lists those that fail: name one of them")
	}
	if *schedule != "" {
		if err := explore.CheckSchedule(*schedule); err != nil {
			return &usage.Error{Err: err}
		}
	} else if *step {
		return usage.Errorf("--step goes with --schedule")
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
	results, err := grading.Grade(ctx, c.course, []grading.Task{asked.Task}, asked.Options(grading.Options{Jobs: runtime.NumCPU()}, each))
	if err != nil {
		return err
	}
	failed, err := asked.Write(c.out, results[0])
	if failed {
		return errFailed
	}
	return err
}
