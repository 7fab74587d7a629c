package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/cohort"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/plan"
	"lockstep/grader/internal/publish"
	"lockstep/grader/internal/report"
)

const classExamples = `  grader class --out class submissions
                       grade every folder, repository and zip file in there;
                       killed, the same command goes on where it was
  grader class --at 2026-11-24T18:00:00+01:00 repositories
                       take each repository's last commit before that
  grader class --shard 2/7 submissions
                       grade a seventh; Slurm arrays, Kubernetes indexed jobs
                       and GitHub matrices tell a task its part by themselves
  grader class --print-job slurm --tasks 8 submissions
                       print the job that grades in 8 parts and merges them

Exit code 0: everything was graded; 1: something is missing, or the grader broke
on it.
`

// runClass grades many submissions with the pipeline that grades one.
func runClass(ctx context.Context, c *cli) error {
	out := c.flags.String("out", "class", "keep the journal and the results in `DIR`")
	at := c.flags.String("at", "", "take repositories as they were at `TIME` (2026-11-24T18:00:00+01:00)")
	only := c.flags.String("only", "", "grade these exercises: `EX,EX`")
	part := c.flags.String("shard", "", "grade the `K/N`-th part of the submissions")
	fresh := c.flags.Bool("fresh", false, "forget what was graded before")
	seed := c.flags.Uint64("seed", 0, "draw open arguments and schedules from `N`, as a result names it (0: others each time)")
	jobs := c.flags.Int("jobs", runtime.NumCPU(), "mark `N` exercises at a time")
	engine := c.flags.String("print-job", "", "print a job for `ENGINE`: slurm, kubernetes or actions")
	tasks := c.flags.Int("tasks", 8, "with --print-job: into how many parts, `N`")
	confined := c.confinement()
	dirs, err := c.parse(classExamples)
	if err != nil {
		return err
	}
	if len(dirs) == 0 {
		return usagef("name the folders of the submissions, as in: grader class submissions")
	}
	if *engine != "" {
		return printJob(c, *engine, *tasks, *out, dirs)
	}
	k := &class{cli: c, seed: seedOr(*seed), asked: *seed, jobs: *jobs, out: *out, strict: confined.strict}
	if k.tier, err = confined.tier(ctx); err != nil {
		return err
	}
	if err := k.prepare(dirs, *at, *only, *part, *fresh); err != nil {
		return err
	}
	if err := k.grade(ctx); err != nil {
		if errors.Is(err, context.Canceled) {
			fmt.Fprintln(c.err, "what was graded is kept: the same command goes on from here")
		}
		return err
	}
	return k.finish()
}

// class is one call of grader class.
type class struct {
	*cli
	seed        uint64
	asked       uint64 // for; 0: for none
	jobs        int
	tier        box.Tier
	strict      bool
	out         string
	at          time.Time
	shard       cohort.Shard
	plan        *plan.Plan
	exercises   []*exercise.Exercise
	submissions []cohort.Submission // of this shard
	all         int                 // submissions of the whole class
	header      cohort.Header
	book        *cohort.Book
}

// prepare reads everything that can be wrong before anything is graded.
func (k *class) prepare(dirs []string, at, only, part string, fresh bool) (err error) {
	if at != "" {
		if k.at, err = time.Parse(time.RFC3339, at); err != nil {
			return usagef("--at %s: needs a time with its zone, as in 2026-11-24T18:00:00+01:00", at)
		}
	}
	if part != "" {
		k.shard, err = cohort.ParseShard(part)
	} else {
		k.shard, err = cohort.ShardFromEnvironment(os.Getenv)
	}
	if err != nil {
		return &usageError{err}
	}
	var names []string
	if only != "" {
		names = strings.Split(only, ",")
	}
	if k.exercises, err = k.load(names); err != nil {
		return err
	}
	k.plan = plan.New(k.exercises, k.seed)
	found, ignored, err := cohort.Find(dirs)
	if err != nil {
		return &usageError{err}
	}
	if len(found) == 0 {
		return usagef("%s: there is no submission: no folder with exercises, no repository, no zip file", strings.Join(dirs, ", "))
	}
	for _, name := range ignored {
		fmt.Fprintf(k.err, "ignored: %s\n", report.Escape(name, len(name)))
	}
	if err := k.head(found); err != nil {
		return err
	}
	if fresh {
		if err := cohort.Forget(k.out); err != nil {
			return err
		}
	}
	book, torn, err := cohort.Read(k.out)
	if err != nil {
		return &usageError{err}
	}
	if torn > 0 {
		fmt.Fprintf(k.err, "%d results were cut off while they were written and are graded again\n", torn)
	}
	if !book.Fits(k.header) {
		return usagef("%s holds results of another course, other exercises, another --seed or another --at; name another --out, or forget them by --fresh", k.out)
	}
	book.Header = k.header
	k.book = book
	return nil
}

// head writes the journal's header, and picks the shard's submissions.
func (k *class) head(found []cohort.Submission) error {
	course, err := publish.Fingerprint(k.course, k.exercises)
	if err != nil {
		return err
	}
	k.header = cohort.Header{Lockstep: cohort.JournalForm, Course: course, Seed: k.asked}
	if !k.at.IsZero() {
		k.header.At = k.at.UTC().Format(time.RFC3339)
	}
	for _, e := range k.exercises {
		k.header.Exercises = append(k.header.Exercises, cohort.Exercise{ID: e.ID, Title: e.Title, Max: e.Points})
	}
	k.all = len(found)
	for i, s := range found {
		k.header.Roster = append(k.header.Roster, s.Student)
		if k.shard.Has(i) {
			k.submissions = append(k.submissions, s)
		}
	}
	return nil
}

// finish writes the results, or says how the shards' are put together.
func (k *class) finish() error {
	if k.shard.Of > 1 {
		fmt.Fprintf(k.cli.out, "shard %d of %d is graded; put the shards together by: grader merge %s\n", k.shard.Number, k.shard.Of, k.out)
		return nil
	}
	if err := k.book.Write(k.out, studentPage); err != nil {
		return err
	}
	return tell(k.cli, k.out, k.book)
}

// studentPage is the page of one student.
func studentPage(w io.Writer, r *report.Report, _ string) error { return r.WriteHTML(w) }

// tell says where the results are, and what is missing in them.
func tell(c *cli, dir string, book *cohort.Book) error {
	fmt.Fprintf(c.out, "%s: %d submissions, %d exercises\n", filepath.Join(dir, cohort.TableName), len(book.Header.Roster), len(book.Header.Exercises))
	missing := book.Missing()
	for _, line := range missing {
		fmt.Fprintln(c.out, line)
	}
	if len(missing) > 0 {
		return errFailed
	}
	return nil
}

const mergeExamples = `  grader merge class            put together what the shards left in one folder
  grader merge --out all a b c  put together what several machines left

Exit code 0: everybody is graded; 1: somebody is missing, or the grader broke on
something.
`

// runMerge puts journals together, in any order and any number of times.
func runMerge(_ context.Context, c *cli) error {
	out := c.flags.String("out", "", "write the results to `DIR`; by default the first folder named")
	dirs, err := c.parse(mergeExamples)
	if err != nil {
		return err
	}
	if len(dirs) == 0 {
		return usagef("name the folders that grader class wrote to, as in: grader merge class")
	}
	if *out == "" {
		*out = dirs[0]
	}
	book, torn, err := cohort.Read(dirs...)
	if err != nil {
		return &usageError{err}
	}
	if len(book.Header.Roster) == 0 {
		return usagef("%s: there is no journal of grader class", strings.Join(dirs, ", "))
	}
	if torn > 0 {
		fmt.Fprintf(c.err, "%d results were cut off while they were written\n", torn)
	}
	if err := book.Merge(*out); err != nil {
		return err
	}
	if err := book.Write(*out, studentPage); err != nil {
		return err
	}
	return tell(c, *out, book)
}
