package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"runtime"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/explore"
	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/plan"
	"lockstep/grader/internal/report"
	"lockstep/grader/internal/script"
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
		return usagef("name a schedule by --schedule, as a failed check printed it, or list the failing ones by --all")
	}
	job, err := explored(e, *name, *seed)
	if err != nil {
		return err
	}
	if *tree == "" {
		*tree = c.course
	}
	entries, err := read(*tree, &plan.Plan{Jobs: []plan.Job{job}})
	if err != nil {
		return err
	}
	marking := &pipeline{course: c.course, seed: *seed, jobs: runtime.NumCPU()}
	marking.request = func(r *script.Request) {
		r.Schedule, r.All = *schedule, *all
		if *step {
			r.EachStep = c.waitAtSwitches()
		}
	}
	results, err := marking.mark(ctx, entries)
	if err != nil {
		return err
	}
	return c.show(results[0])
}

// explored is the part of an exercise's plan that explores interleavings: one check.
func explored(e *exercise.Exercise, name string, seed uint64) (plan.Job, error) {
	job := plan.New([]*exercise.Exercise{e}, seed).Jobs[0]
	for i, s := range job.Scripts {
		if s.Check.Races != nil && (name == "" || s.Check.Name == name) {
			only := *e
			only.Checks = []exercise.Check{*s.Check}
			only.Checks[0].Needs = nil
			job.Exercise = &only
			job.Scripts = job.Scripts[i : i+1]
			job.Scripts[0].Check = &only.Checks[0]
			return job, nil
		}
	}
	if name != "" {
		return job, usagef("%s has no check %q that explores interleavings", e.ID, name)
	}
	return job, usagef("no check of %s explores interleavings", e.ID)
}

// waitAtSwitches prints each step as it is made and waits for Enter at switches.
func (c *cli) waitAtSwitches() func(explore.Step) {
	lines := bufio.NewReader(c.in)
	return func(s explore.Step) {
		if s.Switch {
			fmt.Fprint(c.out, "-- another process goes on: Enter --")
			if _, err := lines.ReadString('\n'); err != nil {
				fmt.Fprintln(c.out)
			}
		}
		fmt.Fprintf(c.out, "%3d  %s%s  %s:%d\n", s.Number, indent(s.Column), report.Escape(s.Text, 100), s.Site.File, s.Site.Line)
	}
}

func indent(column int) string { return fmt.Sprintf("%*s", 26*column, "") }

// show prints what a replay found.
func (c *cli) show(r judge.Result) error {
	failed := false
	for _, v := range r.Checks {
		found := v.Interleavings
		if found == nil {
			return errors.Join(report.New([]judge.Result{r}).WriteTerminal(c.out, styleOf(c.out)), errFailed)
		}
		if p := found.Replayed; p != nil {
			fmt.Fprintf(c.out, "%d of %d steps were made as the schedule says", p.Steps, p.Of)
			if p.Left != "" {
				fmt.Fprintf(c.out, "; then it was left: %s", p.Left)
			}
			fmt.Fprintln(c.out)
		}
		for _, f := range found.Failures {
			failed = true
			for _, line := range explore.Timeline(f, found, 100, false, "schedule "+f.Schedule) {
				fmt.Fprintln(c.out, report.Escape(line.String(), 200))
			}
		}
		if len(found.Failures) == 0 {
			fmt.Fprintln(c.out, found.Text)
		}
	}
	if failed {
		return errFailed
	}
	return nil
}
