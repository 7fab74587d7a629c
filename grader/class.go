//go:build !first

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"lockstep/grader/internal/cohort"
	"lockstep/grader/internal/doctor"
	"lockstep/grader/internal/grading"
	"lockstep/grader/internal/usage"
)

const classExamples = `  grader class --out class submissions
                       grade every folder, repository and zip file in there;
                       killed, the same command goes on where it was
  grader class --at 2026-11-24T18:00:00+01:00 repositories
                       take each repository's last commit before that
  grader class --deadline 2026-11-24T18:00:00+01:00 --late lose=10%,most=50% repositories
                       take late work, which loses a tenth of the points a day
  grader class --attempt best monday tuesday
                       grade what was handed in on both days; the best counts
  grader class --gradebook canvas --assignment "Homework 1 (4711)" submissions
                       write class/gradebook-canvas.csv too, to be imported
  grader class --detail kinds submissions
                       tell students of what kind their failures are, and no more;
                       grader merge --detail full class tells them all, later
  grader class --out new --against old submissions
                       after a correction: grade again, and say what changed
  grader class --shard 2/7 submissions
                       grade a seventh; Slurm arrays, Kubernetes indexed jobs
                       and GitHub matrices tell a task its part by themselves
  grader class --print-job slurm --tasks 8 submissions
                       print the job that grades in 8 parts and merges them

Exit code 0: everything was graded; 1: somebody handed in nothing of an exercise,
something is missing, or the grader broke on it.
`

// runClass grades many submissions with the pipeline that grades one.
func runClass(ctx context.Context, c *cli) error {
	out := c.flags.String("out", "class", "keep the journal and the results in `DIR`")
	at := c.flags.String("at", "", "take repositories as they were at `TIME` (2026-11-24T18:00:00+01:00)")
	only := c.flags.String("only", "", "grade these exercises: `EX,EX`")
	part := c.flags.String("shard", "", "grade the `K/N`-th part of the submissions")
	roster := c.flags.String("roster", "", "`FILE`, a table (CSV) of everybody: id, and name, email, login, lms_id, section, group, deadline, handed_in, submission")
	fresh := c.flags.Bool("fresh", false, "forget what was graded before")
	seed := c.flags.Uint64("seed", 0, "draw open arguments and schedules from `N`, as a result names it (0: others each time)")
	jobs := c.flags.Int("jobs", runtime.NumCPU(), "mark `N` exercises at a time")
	due := c.flags.String("deadline", "", "the `TIME` until which work is in time, where the roster gives nobody another")
	late := c.flags.String("late", "", "take late work too, which loses by `RULE`: flag, or lose=10%,most=50%,grace=15m (a day, at most, and how late is not late)")
	attempt := c.flags.String("attempt", "", "`WHICH` of a student's several submissions counts: last (in the last folder named) or best")
	detail := c.detail()
	wanted := c.outputs()
	engine := c.flags.String("print-job", "", "print a job for `ENGINE`: slurm, kubernetes or actions")
	tasks := c.flags.Int("tasks", 8, "with --print-job: into how many parts, `N`")
	confined := c.confinement()
	dirs, err := c.parse(classExamples)
	if err != nil {
		return err
	}
	if len(dirs) == 0 {
		return usage.Errorf("name the folders of the submissions, as in: grader class submissions")
	}
	if err := wanted.check(); err != nil {
		return err
	}
	if *engine != "" {
		return printJob(c, *engine, *tasks, *out, dirs)
	}
	k := &cohort.Class{Out: *out, Seed: *seed, Detail: *detail, Options: grading.Options{Jobs: *jobs, Strict: confined.strict, Whole: true}, Log: c.err}
	if k.Options.Tier, err = doctor.Pick(ctx, confined.require, confined.force); err != nil {
		return err
	}
	if err := c.classOf(k, *at, *roster, *only); err != nil {
		return err
	}
	k.Rules.Attempt = *attempt
	if k.Rules.Deadline, err = instant("deadline", *due); err != nil {
		return err
	}
	if *late != "" {
		if k.Rules.Late, err = cohort.ParseLate(*late); err != nil {
			return usage.Errorf("--late %s: %w", *late, err)
		}
	}
	if err := k.Rules.Check(k.People); err != nil {
		return &usage.Error{Err: err}
	}
	if *part != "" {
		k.Shard, err = cohort.ParseShard(*part)
	} else {
		k.Shard, err = cohort.ShardFromEnvironment(os.Getenv)
	}
	if err != nil {
		return &usage.Error{Err: err}
	}
	v, err := c.version(ctx)
	if err != nil {
		return err
	}
	k.Version, k.By = v.Course, v.String()
	if err := k.Find(dirs, *fresh); err != nil {
		return err
	}
	if err := k.Grade(ctx); err != nil {
		if errors.Is(err, context.Canceled) {
			fmt.Fprintln(c.err, "what was graded is kept: the same command goes on from here")
		}
		return err
	}
	if k.Shard.Of > 1 {
		fmt.Fprintf(c.out, "shard %d of %d is graded; put the shards together by: grader merge %s\n", k.Shard.Number, k.Shard.Of, *out)
		return nil
	}
	return c.publish(ctx, k.Book, *out, wanted)
}

// classOf reads what flags say of a class: when, who and which exercises.
func (c *cli) classOf(k *cohort.Class, at, roster, only string) (err error) {
	if k.At, err = instant("at", at); err != nil {
		return err
	}
	if roster != "" {
		if k.People, err = cohort.ReadRoster(roster); err != nil {
			return &usage.Error{Err: err}
		}
	}
	var names []string
	if only != "" {
		names = strings.Split(only, ",")
	}
	k.Exercises, err = c.load(names)
	k.Course = c.course
	return err
}

// instant reads a flag's time; none is the zero time.
func instant(flag, text string) (t time.Time, err error) {
	if text == "" {
		return t, nil
	}
	if t, err = time.Parse(time.RFC3339, text); err != nil {
		err = usage.Errorf("--%s %s: needs a time with its zone, as in 2026-11-24T18:00:00+01:00", flag, text)
	}
	return t, err
}

// outputs are the flags that ask for more than the results.
type outputs struct {
	form, item, against *string
	earlier             *cohort.Book // what is named by against
}

func (c *cli) outputs() *outputs {
	return &outputs{
		form:    c.flags.String("gradebook", "", "write a table of grades to import, in the `FORM` of: canvas, moodle, csv"),
		item:    c.flags.String("assignment", "Lockstep", "with --gradebook: what the platform calls it, `NAME`; for Canvas with its number, \"Homework 1 (4711)\""),
		against: c.flags.String("against", "", "say what differs from `OLD` results, and why: another folder of this command's, or a student's JSON file in it"),
	}
}

func (o *outputs) gradebook() cohort.Gradebook {
	return cohort.Gradebook{Form: *o.form, Item: *o.item}
}

// check reads what can be wrong with them before anything is graded.
func (o *outputs) check() (err error) {
	if *o.form != "" {
		err = o.gradebook().Check()
	}
	if err == nil && *o.against != "" {
		o.earlier, err = cohort.ReadEarlier(*o.against)
	}
	if err != nil {
		return &usage.Error{Err: err}
	}
	return nil
}

// mostNotes is how many lines on how submissions were read, and on what changed, are shown
// at once.
const mostNotes = 20

// some prints the first of lines, and how many more there are where.
func (c *cli) some(lines []string, where string) {
	for i, line := range lines {
		if i == mostNotes {
			fmt.Fprintf(c.out, "… and %d more on %s\n", len(lines)-i, where)
			break
		}
		fmt.Fprintln(c.out, line)
	}
}

// publish writes a class's results, and says where they are and what is missing.
func (c *cli) publish(ctx context.Context, book *cohort.Book, dir string, wanted *outputs) error {
	page := filepath.Join(dir, cohort.PageName)
	var changes []cohort.Change
	if wanted.earlier != nil {
		changes = book.Changes(wanted.earlier)
	}
	if err := book.Write(ctx, dir, changes); err != nil {
		return err
	}
	missing := book.Missing()
	for _, line := range missing {
		fmt.Fprintln(c.out, line)
	}
	c.some(book.Odd(), page)
	if wanted.earlier != nil {
		var lines []string
		for _, change := range changes {
			if change.Exercise == "" {
				lines = append(lines, fmt.Sprintf("changed  %s: %s, then %s", change.Student, change.Old, change.New))
			}
		}
		c.some(lines, page)
		fmt.Fprintf(c.out, "%s: the grades of %d students changed, and what became of %d exercises\n", filepath.Join(dir, cohort.ChangesName), len(lines), len(changes)-len(lines))
	}
	fmt.Fprintf(c.out, "%s: %d submissions, %d exercises\n", filepath.Join(dir, cohort.TableName), len(book.Header.Roster), len(book.Header.Exercises))
	if *wanted.form != "" {
		name, left, err := book.WriteGradebook(dir, wanted.gradebook())
		if err != nil {
			return err
		}
		for _, line := range left {
			fmt.Fprintln(c.out, line)
		}
		fmt.Fprintf(c.out, "%s: %d grades\n", name, len(book.Header.Roster)-len(left))
	}
	if len(missing) > 0 {
		return errFailed
	}
	return nil
}

const mergeExamples = `  grader merge class            put together what the shards left in one folder
  grader merge --out all a b c  put together what several machines left
  grader merge --gradebook moodle class
                                write class/gradebook-moodle.csv too

Exit code 0: everybody is graded; 1: somebody is missing or handed in nothing, or the
grader broke on something.
`

// runMerge puts journals together, in any order and any number of times.
func runMerge(ctx context.Context, c *cli) error {
	out := c.flags.String("out", "", "write the results to `DIR`; by default the first folder named")
	detail := c.detail()
	wanted := c.outputs()
	dirs, err := c.parse(mergeExamples)
	if err != nil {
		return err
	}
	if len(dirs) == 0 {
		return usage.Errorf("name the folders that grader class wrote to, as in: grader merge class")
	}
	if err := wanted.check(); err != nil {
		return err
	}
	if *out == "" {
		*out = dirs[0]
	}
	book, torn, err := cohort.Read(dirs...)
	if err != nil {
		return &usage.Error{Err: err}
	}
	if len(book.Header.Roster) == 0 {
		return usage.Errorf("%s: there is no journal of grader class", strings.Join(dirs, ", "))
	}
	if torn > 0 {
		fmt.Fprintf(c.err, "%d results were cut off while they were written\n", torn)
	}
	book.Header.Detail = cmp.Or(*detail, book.Header.Detail)
	if err := book.Merge(*out); err != nil {
		return err
	}
	return c.publish(ctx, book, *out, wanted)
}
