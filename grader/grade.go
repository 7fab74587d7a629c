package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"lockstep/grader/internal/cache"
	"lockstep/grader/internal/delivery"
	"lockstep/grader/internal/doctor"
	"lockstep/grader/internal/grading"
	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/plan"
	"lockstep/grader/internal/progress"
)

const gradeExamples = `  grader grade                      mark every exercise of this folder's course
  grader grade 10                   mark exercise 10
  grader grade --html report.html   draw what the processes did, on a page for a browser
  grader grade --submission DIR     mark somebody's tree with this course's checks
  grader grade --format json 02 10  the same facts for a script
  grader grade --format lines 10    file:line: severity: what, for an editor
  grader grade --submission DIR --format classroom --deadline 10m
                                    in GitHub Actions: the step output "result"
`

// runGrade is grading as a student calls it.
func runGrade(ctx context.Context, c *cli) error {
	var wishes delivery.Wishes
	c.flags.StringVar(&wishes.Work, "submission", "", "take the edited files from `DIR`, laid out as DIR/exercises/ID or DIR/ID")
	c.flags.StringVar(&wishes.Format, "format", "text", "the report's `FORM`: "+delivery.Formats)
	c.flags.StringVar(&wishes.Out, "out", "", "write the report to `FILE` instead of standard output")
	c.flags.StringVar(&wishes.Summary, "summary", "", "also write the report as Markdown to `FILE`")
	c.flags.StringVar(&wishes.HTML, "html", "", "also write the report as one page to `FILE`, with pictures of what the processes did")
	c.flags.StringVar(&wishes.Trace, "trace", "", "also write what the processes did to `FILE`, for https://ui.perfetto.dev")
	c.flags.BoolVar(&wishes.All, "all", false, "of the whole course, show every exercise that fails in full, and not only the next to repair")
	fresh := c.flags.Bool("fresh", false, "run everything again, also what has not changed (other forms than text always do, without --unchanged)")
	unchanged := c.flags.Bool("unchanged", false, "in other forms than text too, take earlier verdicts of what has not changed, also from another machine of this kind")
	deadline := c.flags.Duration("deadline", 0, "end the whole call after `TIME` (10m): what was graded counts, the rest is an error")
	seed := c.flags.Uint64("seed", 0, "draw open arguments and schedules from `N`, as a result names it (0: others each time)")
	jobs := c.flags.Int("jobs", runtime.NumCPU(), "mark `N` exercises at a time")
	detail := c.detail()
	confined := c.confinement()
	args, err := c.parse(gradeExamples)
	if err != nil {
		return err
	}
	if err := written(ctx, c, wishes); err != nil {
		return err
	}
	exercises, err := c.load(args)
	if err != nil {
		return err
	}
	tree := cmp.Or(wishes.Work, c.course)
	if tree == c.course {
		wishes.Work = ""
	}
	goal, err := delivery.New(wishes, c.out, c.err)
	if err != nil {
		return err
	}
	goal.Seed = grading.Seed(*seed)
	if !goal.Personal() || wishes.HTML != "" || wishes.Summary != "" {
		if v, err := c.version(ctx); err == nil { // a result without is one all the same
			goal.By = v.String()
		}
	}
	tasks, err := grading.Read(tree, plan.All(exercises, goal.Seed)...)
	if err != nil {
		return err
	}
	if goal.Tier, err = doctor.Pick(ctx, confined.require, confined.force); err != nil {
		return err
	}
	if err := goal.Begin(tasks, len(args) == 0); err != nil {
		return err
	}
	o := grading.Options{Tier: goal.Tier, Jobs: *jobs, Strict: confined.strict, Pictures: wishes.Pictures(), Detail: *detail, Began: goal.Began, Done: goal.Result}
	hinted := func(_ int, r judge.Result) judge.Result { return r }
	if tree == c.course {
		w := progress.Open(c.state(), exercises)
		hinted = func(i int, r judge.Result) judge.Result { return w.Hinted(tasks[i], r) }
		o.Done = func(i int, r judge.Result) {
			_ = w.Remember(tasks[i], r) // a convenience: grading goes on without
			goal.Result(i, hinted(i, r))
		}
	}
	grade := grading.Grade
	if (goal.Personal() || *unchanged) && !*fresh {
		grade = cache.Grader(verdicts(), *seed, *unchanged)
	}
	results, err := within(ctx, *deadline, func(ctx context.Context) ([]judge.Result, error) {
		o.Done = untilStopped(ctx, o.Done)
		return grade(ctx, c.course, tasks, o)
	})
	for i := range results {
		results[i] = hinted(i, results[i])
	}
	r, err := goal.End(results, err)
	if err != nil {
		return err
	}
	if own := filepath.Join(c.course, "solutions", exercises[0].ID); r.Status == judge.Pass && len(exercises) == 1 && goal.Personal() && tree == c.course {
		if _, err := os.Stat(own); err == nil {
			fmt.Fprintf(c.out, "the course's own solution, beside yours: make solution %s\n", exercises[0].Typed())
		}
	}
	return exit(r.Status)
}

// within grades under a limit on time; 0: there is none. What the limit cut off is no error:
// the report tells of it.
func within(ctx context.Context, limit time.Duration, grade func(context.Context) ([]judge.Result, error)) ([]judge.Result, error) {
	over := fmt.Errorf("the time limit of %s for the whole call was reached", limit)
	if limit > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeoutCause(ctx, limit, over)
		defer stop()
	}
	results, err := grade(ctx)
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if errors.Is(err, over) {
		err = nil
	}
	return results, err
}

// exit is what a call ends with whose report has been written.
func exit(s judge.Status) error {
	switch s {
	case judge.Fail:
		return errFailed
	case judge.Error:
		return errors.New("the grader broke on some checks; they count as neither passed nor failed")
	}
	return nil
}

// untilStopped tells of results, in order, until one is no result because the call was
// stopped: that one and those after it are for the report to tell, if there is one.
func untilStopped(ctx context.Context, tell func(int, judge.Result)) func(int, judge.Result) {
	stopped := false
	return func(i int, r judge.Result) {
		if stopped = stopped || r.Status == judge.Error && ctx.Err() != nil; !stopped {
			tell(i, r)
		}
	}
}

// verdicts is the folder that keeps verdicts of unchanged work; empty: there is none.
func verdicts() string {
	dir := os.Getenv("LOCKSTEP_CACHE")
	if dir == "" {
		own, err := os.UserCacheDir()
		if err != nil {
			return ""
		}
		dir = filepath.Join(own, "lockstep")
	}
	return filepath.Join(dir, "verdicts")
}
