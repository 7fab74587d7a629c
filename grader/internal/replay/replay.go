// Package replay shows one interleaving again, or all that fail. In go an exercise, a
// check and a schedule; out come the task that runs it and what is told of the result.
package replay

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/explore"
	"lockstep/grader/internal/grading"
	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/plan"
	"lockstep/grader/internal/report"
	"lockstep/grader/internal/terminal"
	"lockstep/grader/internal/usage"
)

// Asked is what a replay was asked for.
type Asked struct {
	Task     grading.Task
	exercise *exercise.Exercise
	schedule string // "": all that fail
}

// Read plans one schedule of an exercise's check, or all without one, for the program
// in a tree. No name: the first check that explores interleavings.
func Read(tree string, e *exercise.Exercise, check, schedule string, seed uint64) (Asked, error) {
	job, ok := plan.Explored(e, check, seed)
	switch {
	case !ok && check != "":
		return Asked{}, usage.Errorf("%s has no check %q that explores interleavings", e.ID, check)
	case !ok:
		return Asked{}, usage.Errorf("no check of %s explores interleavings", e.ID)
	}
	tasks, err := grading.Read(tree, job)
	if err != nil {
		return Asked{}, err
	}
	return Asked{tasks[0], e, schedule}, nil
}

// Options are how the task is graded, told each step; that may be nil.
func (a Asked) Options(o grading.Options, step func(explore.Moment)) grading.Options {
	o.Replay = &grading.Replay{Schedule: a.schedule, All: a.schedule == "", EachStep: step}
	return o
}

// Steps prints each step with what came of it, and waits for Enter
// whenever another process goes on.
func Steps(in io.Reader, out io.Writer) func(explore.Moment) {
	lines := bufio.NewReader(in)
	typed, _ := in.(io.Writer)
	echoes := terminal.Is(typed) // then Enter has ended the line
	return func(m explore.Moment) {
		if s := m.Made; s != nil {
			line := fmt.Sprintf("%3d  %-14s  %s", s.Number, report.Escape(m.By, 20), report.Escape(s.Text, 100))
			if s.Site.Line != 0 {
				line += "  " + s.Site.String()
			}
			fmt.Fprintln(out, line)
		}
		if m.Made != nil && m.Next != "" && m.Next != m.By {
			fmt.Fprintf(out, "     -- %s goes on: Enter --", report.Escape(m.Next, 20))
			if _, err := lines.ReadString('\n'); err != nil || !echoes {
				fmt.Fprintln(out)
			}
		}
	}
}

// Write prints what a replay found, and reports whether a run failed.
func (a Asked) Write(out io.Writer, r judge.Result) (failed bool, err error) {
	for _, v := range r.Checks {
		found := v.Interleavings
		switch {
		case v.Status == judge.Error:
			return false, errors.New(v.Message)
		case found != nil:
			return a.found(out, found), nil
		case v.Status == judge.Fail || v.Status == judge.NotChecked:
			fmt.Fprintf(out, "%s: %s\n", v.Called(), report.Escape(v.Message, 400))
			for _, e := range v.Evidence {
				for _, line := range e.Lines {
					fmt.Fprintln(out, "  "+report.Escape(line, 400))
				}
			}
			return true, nil
		}
	}
	return false, errors.New("the program was not run")
}

func (a Asked) found(out io.Writer, found *explore.Report) bool {
	if p := found.Replayed; p != nil {
		fmt.Fprintf(out, "%d of %d steps were made as the schedule says\n", p.Steps, p.Of)
		if p.Left != "" {
			fmt.Fprintf(out, "step %d of the schedule could not be: %s\n", p.At, report.Escape(p.Left, 400))
		}
	}
	for _, warning := range found.Warnings {
		fmt.Fprintln(out, report.Escape(warning, 400))
	}
	if len(found.Failures) == 0 {
		fmt.Fprintln(out, found.Text)
		return false
	}
	first := found.Failures[0]
	command := ""
	if first.Schedule != a.schedule {
		command = a.command(first, found.Seed)
	}
	for _, line := range report.Interleaving(&first, found, terminal.Width(out), command) {
		fmt.Fprintln(out, strings.TrimRight(report.Escape(line, 400), " "))
	}
	if len(found.Failures) > 1 {
		a.kinds(out, found)
	}
	if more := found.Failing - len(found.Failures); more > 0 && found.Replayed == nil {
		fmt.Fprintf(out, "and %d more\n", more)
	}
	return true
}

// kinds tells what goes wrong, how often, and how one that is easy to understand is shown.
func (a Asked) kinds(out io.Writer, found *explore.Report) {
	var kinds []explore.Failure
	for _, f := range found.Failures {
		if i := slices.IndexFunc(kinds, func(k explore.Failure) bool { return k.Title == f.Title }); i >= 0 {
			kinds[i].Count += f.Count
		} else {
			kinds = append(kinds, f)
		}
	}
	fmt.Fprintf(out, "\nwhat goes wrong, in how many interleavings, and the command that shows one:\n")
	for _, k := range kinds {
		fmt.Fprintf(out, "%4d  %s\n      %s\n", k.Count, report.Escape(k.Title, terminal.Width(out)-6), a.command(k, found.Seed))
	}
}

func (a Asked) command(f explore.Failure, seed uint64) string {
	return judge.ReplayCommand(a.exercise, &a.Task.Job.Exercise.Checks[0], f.Schedule, seed)
}
