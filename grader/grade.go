package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/plan"
	"lockstep/grader/internal/progress"
	"lockstep/grader/internal/report"
	"lockstep/grader/internal/submission"
)

const gradeExamples = `  grader grade                      mark every exercise of this folder's course
  grader grade 10                   mark exercise 10
  grader grade --html report.html   draw what the processes did, on a page for a browser
  grader grade --submission DIR     mark somebody's tree with this course's checks
  grader grade --format json 02 10  the same facts for a script
  grader grade --submission DIR --format classroom --deadline 10m
                                    in GitHub Actions: the step output "result"
`

// runGrade is the pipeline as a student calls it:
// YAML → exercise → plan → build → run → observe → judge → report.
func runGrade(ctx context.Context, c *cli) error {
	tree := c.flags.String("submission", "", "take the edited files from `DIR`, laid out as DIR/exercises/ID or DIR/ID")
	format := c.flags.String("format", "text", "the report's `FORM`: "+formatNames)
	out := c.flags.String("out", "", "write the report to `FILE` instead of standard output")
	summary := c.flags.String("summary", "", "also write the report as Markdown to `FILE`")
	html := c.flags.String("html", "", "also write the report as one page to `FILE`, with pictures of what the processes did")
	trace := c.flags.String("trace", "", "also write what the processes did to `FILE`, for https://ui.perfetto.dev")
	fresh := c.flags.Bool("fresh", false, "run everything again, also what has not changed (other forms than text always do)")
	deadline := c.flags.Duration("deadline", 0, "end the whole call after `TIME` (10m): what was graded counts, the rest is an error")
	seed := c.flags.Uint64("seed", 0, "draw open arguments and schedules from `N`, as a result names it (0: others each time)")
	jobs := c.flags.Int("jobs", runtime.NumCPU(), "mark `N` exercises at a time")
	confined := c.confinement()
	args, err := c.parse(gradeExamples)
	if err != nil {
		return err
	}
	exercises, err := c.load(args)
	if err != nil {
		return err
	}
	if *tree == "" {
		*tree = c.course
	}
	goal, err := newDelivery(c.streams, *format, *out, *summary, shown(*tree))
	if err != nil {
		return err
	}
	drawn := seedOr(*seed)
	p := plan.New(exercises, drawn)
	entries, err := read(*tree, p)
	if err != nil {
		return err
	}
	goal.html, goal.trace = *html, *trace
	marking := &pipeline{course: c.course, seed: drawn, asked: *seed, jobs: *jobs, pictures: *html != "" || *trace != "", strict: confined.strict}
	if marking.tier, err = confined.tier(ctx); err != nil {
		return err
	}
	progress := newLive(c.err, namesOf(exercises))
	defer progress.close()
	marking.began = progress.began
	show := func(_ int, r judge.Result) { progress.over(r) }
	if goal.personal() {
		goal.screen = &screen{live: progress, out: report.NewTerminal(c.out, styleOf(c.out)), whole: len(args) == 0}
		show = goal.screen.result
		if !*fresh {
			// Whoever has no place for verdicts only waits longer.
			marking.memory, _ = openMemory(ctx, marking)
		}
	}
	if *tree == c.course {
		show = c.remembering(entries, show)
	}
	r, err := goal.grade(ctx, marking, entries, *deadline, show)
	if err != nil {
		return err
	}
	return verdictOf(r)
}

// remembering also keeps what passed. Progress is a convenience: grading goes on
// where it can't be kept.
func (c *cli) remembering(entries []*entry, show func(int, judge.Result)) func(int, judge.Result) {
	w := &work{dir: c.state()}
	w.progress = progress.Load(w.dir)
	return func(i int, r judge.Result) {
		_ = w.remember(entries[i], r)
		show(i, r)
	}
}

func namesOf(exercises []*exercise.Exercise) []string {
	var names []string
	for _, e := range exercises {
		names = append(names, e.ID)
	}
	return names
}

// read takes every planned exercise's files from a tree.
func read(tree string, p *plan.Plan) ([]*entry, error) {
	var entries []*entry
	for _, job := range p.Jobs {
		work, err := submission.Read(tree, job.Exercise)
		if err != nil {
			return nil, &usageError{err}
		}
		work.Dir = shown(work.Dir)
		entries = append(entries, &entry{key: job.Exercise.ID, job: job, work: work})
	}
	return entries, nil
}

// shown is a folder as somebody in the working folder would name it.
func shown(dir string) string {
	here, err := os.Getwd()
	if err != nil {
		return dir
	}
	rel, err := filepath.Rel(here, dir)
	if err != nil || !filepath.IsLocal(rel) {
		return dir
	}
	return rel
}

// verdictOf maps a report to the error that gives the exit code.
func verdictOf(r *report.Report) error {
	switch r.Status {
	case judge.Fail:
		return errFailed
	case judge.Error:
		return errors.New("the grader broke on some checks; they count as neither passed nor failed")
	}
	return nil
}
