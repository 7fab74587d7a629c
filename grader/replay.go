package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"

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
	if *schedule != "" && *all {
		return usagef("--schedule runs one interleaving and --all lists those that fail: name one of them")
	}
	if *schedule != "" {
		if err := explore.CheckSchedule(*schedule); err != nil {
			return &usageError{err}
		}
	} else if *step {
		return usagef("--step goes with --schedule")
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
	return c.show(results[0], replayed{e, job, *schedule})
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

// waitAtSwitches prints each step with what came of it, and waits for Enter
// whenever another process goes on.
func (c *cli) waitAtSwitches() func(explore.Moment) {
	lines := bufio.NewReader(c.in)
	in, _ := c.in.(io.Writer)
	echoes := isTerminal(in) // then Enter has ended the line
	return func(m explore.Moment) {
		if s := m.Made; s != nil {
			line := fmt.Sprintf("%3d  %-14s  %s", s.Number, report.Escape(m.By, 20), report.Escape(s.Text, 100))
			if s.Site.Line != 0 {
				line += "  " + s.Site.String()
			}
			fmt.Fprintln(c.out, line)
		}
		if m.Made != nil && m.Next != "" && m.Next != m.By {
			fmt.Fprintf(c.out, "     -- %s goes on: Enter --", report.Escape(m.Next, 20))
			if _, err := lines.ReadString('\n'); err != nil || !echoes {
				fmt.Fprintln(c.out)
			}
		}
	}
}

// replayed is what a replay was asked for.
type replayed struct {
	exercise *exercise.Exercise
	job      plan.Job
	schedule string // "": all that fail
}

// show prints what a replay found.
func (c *cli) show(r judge.Result, asked replayed) error {
	for _, v := range r.Checks {
		found := v.Interleavings
		switch {
		case v.Status == judge.Error:
			return errors.New(v.Message)
		case found != nil:
			return c.showFound(found, asked)
		case v.Status == judge.Fail || v.Status == judge.NotChecked:
			fmt.Fprintf(c.out, "%s: %s\n", v.Check, report.Escape(v.Message, 400))
			for _, e := range v.Evidence {
				for _, line := range e.Lines {
					fmt.Fprintln(c.out, "  "+report.Escape(line, 400))
				}
			}
			return errFailed
		}
	}
	return errors.New("the program was not run")
}

func (c *cli) showFound(found *explore.Report, asked replayed) error {
	if p := found.Replayed; p != nil {
		fmt.Fprintf(c.out, "%d of %d steps were made as the schedule says\n", p.Steps, p.Of)
		if p.Left != "" {
			fmt.Fprintf(c.out, "step %d of the schedule could not be: %s\n", p.At, report.Escape(p.Left, 400))
		}
	}
	for _, warning := range found.Warnings {
		fmt.Fprintln(c.out, report.Escape(warning, 400))
	}
	if len(found.Failures) == 0 {
		fmt.Fprintln(c.out, found.Text)
		return nil
	}
	first := found.Failures[0]
	command := ""
	if first.Schedule != asked.schedule {
		command = asked.command(first, found.Seed)
	}
	for _, line := range report.Interleaving(&first, found, widthOf(c.out), command) {
		fmt.Fprintln(c.out, strings.TrimRight(report.Escape(line, 400), " "))
	}
	if rest := found.Failures[1:]; len(rest) > 0 {
		fmt.Fprintf(c.out, "\nthe others that fail, each with the command that shows it:\n")
		for _, f := range rest {
			fmt.Fprintf(c.out, "  %s\n      %s\n", report.Escape(f.Title, widthOf(c.out)-4), asked.command(f, found.Seed))
		}
	}
	if more := found.Failing - len(found.Failures); more > 0 && found.Replayed == nil {
		fmt.Fprintf(c.out, "and %d more\n", more)
	}
	return errFailed
}

func (a replayed) command(f explore.Failure, seed uint64) string {
	return judge.ReplayCommand(a.exercise, &a.job.Exercise.Checks[0], f.Schedule, seed)
}
