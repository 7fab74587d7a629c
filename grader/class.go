package main

import (
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
		return usage.Errorf("name the folders of the submissions, as in: grader class submissions")
	}
	if *engine != "" {
		return printJob(c, *engine, *tasks, *out, dirs)
	}
	k := &cohort.Class{Out: *out, Seed: *seed, Options: grading.Options{Jobs: *jobs, Strict: confined.strict}, Log: c.err}
	if k.Options.Tier, err = doctor.Pick(ctx, confined.require, confined.force); err != nil {
		return err
	}
	if *at != "" {
		if k.At, err = time.Parse(time.RFC3339, *at); err != nil {
			return usage.Errorf("--at %s: needs a time with its zone, as in 2026-11-24T18:00:00+01:00", *at)
		}
	}
	if *part != "" {
		k.Shard, err = cohort.ParseShard(*part)
	} else {
		k.Shard, err = cohort.ShardFromEnvironment(os.Getenv)
	}
	if err != nil {
		return &usage.Error{Err: err}
	}
	var names []string
	if *only != "" {
		names = strings.Split(*only, ",")
	}
	if k.Exercises, err = c.load(names); err != nil {
		return err
	}
	k.Course = c.course
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
	return c.publish(k.Book, *out)
}

// publish writes a class's results, and says where they are and what is missing.
func (c *cli) publish(book *cohort.Book, dir string) error {
	if err := book.Write(dir); err != nil {
		return err
	}
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
		return usage.Errorf("name the folders that grader class wrote to, as in: grader merge class")
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
	if err := book.Merge(*out); err != nil {
		return err
	}
	return c.publish(book, *out)
}
