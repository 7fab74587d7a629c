package proof

import (
	"context"
	"slices"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/grading"
	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/plan"
	"lockstep/grader/internal/submission"
)

// Tried is what checks say of a program that might be a mutant.
type Tried struct {
	Compiles bool
	Caught   []string // the checks that failed it in every trial, in their order
	Open     []string // those that this machine can't tell of, in some trial
	Compiler []string // why it does not compile
	Broken   string   // what broke in the grader; empty: nothing did
}

// Try marks programs, each in place of the exercise's first edited file, by all checks; one
// that needs another is tried only where that passed. Done is told of each as soon as those
// before it are there.
func Try(ctx context.Context, course string, e *exercise.Exercise, programs [][]byte, o Options, done func(int, Tried)) error {
	var tasks []grading.Task
	for i, text := range programs {
		files := map[string][]byte{e.Edit[0]: text[len("//go:build "+mutants.tag):]}
		work := submission.New(e, submission.Shown(e.Dir), files)
		for round := range o.Repeat {
			tasks = append(tasks, grading.Task{Key: e.ID + "-tried-" + letters(i), Job: plan.New(e, o.Seed+uint64(round)), Work: work, Brief: true})
		}
	}
	var rounds []judge.Result
	_, err := grading.Grade(ctx, course, tasks, grading.Options{Jobs: o.Jobs, Whole: true, Done: func(i int, r judge.Result) {
		if o.Log != nil {
			log(o.Log, tasks[i].Key, r)
		}
		if rounds = append(rounds, r); len(rounds) == o.Repeat {
			done(i/o.Repeat, tried(e, rounds))
			rounds = nil
		}
	}})
	return err
}

// letters numbers programs in words that a package can be called.
func letters(n int) string {
	return string(rune('a'+n/26)) + string(rune('a'+n%26))
}

// tried is what all trials of a program come to.
func tried(e *exercise.Exercise, rounds []judge.Result) Tried {
	t := Tried{Compiles: true}
	failed := map[string]int{}
	for _, r := range rounds {
		for _, v := range r.Checks {
			switch v.Status {
			case judge.Error:
				t.Broken = v.Message
			case judge.NotChecked:
				if !slices.Contains(t.Open, v.Check) {
					t.Open = append(t.Open, v.Check)
				}
			case judge.Fail:
				failed[v.Check]++
				for _, seen := range v.Evidence {
					if v.Check == exercise.Builds && seen.Kind == judge.Compiler {
						t.Compiles, t.Compiler = false, seen.Lines
					}
				}
			}
		}
	}
	names := []string{exercise.Builds}
	for _, c := range e.Checks {
		names = append(names, c.Name)
	}
	for _, name := range names {
		if failed[name] == len(rounds) {
			t.Caught = append(t.Caught, name)
		}
	}
	return t
}
