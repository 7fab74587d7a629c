package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/rogpeppe/go-internal/diff"

	"lockstep/grader/internal/grading"
	"lockstep/grader/internal/plan"
	"lockstep/grader/internal/report"
	"lockstep/grader/internal/terminal"
	"lockstep/grader/internal/usage"
)

// runSolution shows the course's own solution beside a student's who has one.
func runSolution(ctx context.Context, c *cli) error {
	args, err := c.parse("  grader solution 10\n")
	if err != nil {
		return err
	}
	e, err := c.one(args)
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(c.course, "solutions", e.ID)); err != nil {
		return usage.Errorf("this course does not come with its solutions")
	}
	w, err := c.openWork()
	if err != nil {
		return err
	}
	if !w.Done(e) {
		return usage.Errorf("%s is not done yet, and its solution would be no help: make hint %s", e.ID, e.Typed())
	}
	tasks, err := grading.Read(c.course, plan.New(e, grading.Seed(0)))
	if err != nil {
		return err
	}
	ours, err := grading.Read(filepath.Join(c.course, "solutions"), plan.New(e, tasks[0].Job.Seed))
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(ours[0].Work.Files)) {
		yours, theirs := tasks[0].Work.Files[name], ours[0].Work.Files[name]
		text := diff.Diff("yours/"+name, yours, "solutions/"+e.ID+"/"+name, theirs)
		if text == nil {
			text = fmt.Appendf(nil, "%s is the course's, letter by letter.\n", name)
		}
		if _, err := c.out.Write(text); err != nil {
			return err
		}
	}
	ours[0].Key += "-solution"
	results, err := grading.Grade(ctx, c.course, append(tasks, ours...), grading.Options{Pictures: true})
	if err != nil {
		return err
	}
	if len(results) != 2 {
		return errors.New("cannot compare the programs")
	}
	fmt.Fprintf(terminal.Folded(c.out), "\n%s\n", report.Beside(results[0], results[1]))
	if next, ok := w.Next(); ok {
		fmt.Fprintf(c.out, "next: make show %s\n", next.Typed())
	}
	return nil
}
