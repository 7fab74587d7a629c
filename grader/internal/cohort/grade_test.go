package cohort

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/grading"
	"lockstep/grader/internal/judge"
)

// pipeline stands for grading.Grade: what becomes of a program is what its text says.
type pipeline struct {
	calls []int // how many tasks each took
	stop  func()
}

func (p *pipeline) grade(ctx context.Context, _ string, tasks []grading.Task, o grading.Options) ([]judge.Result, error) {
	p.calls = append(p.calls, len(tasks))
	says := func(t grading.Task, word string) bool { return strings.Contains(string(t.Work.Files["main.go"]), word) }
	for _, t := range tasks {
		if says(t, "harms the build") {
			return nil, errors.New("cannot lay out the build")
		}
	}
	for i, t := range tasks {
		r := judge.Result{Exercise: t.Job.Exercise.ID, Status: judge.Pass, Points: 2, Max: 2}
		switch {
		case says(t, "has no text"):
			r.Seconds = math.NaN()
		case says(t, "breaks"):
			r.Status, r.Points = judge.Error, 0
		case says(t, "is stopped"):
			p.stop()
		}
		o.Done(i, r)
	}
	return nil, ctx.Err()
}

// TestGrade grades a class, each of which hands in its own text, and wants the status
// that counts for each of them, and how many programs took the pipeline together.
func TestGrade(t *testing.T) {
	const pass, broke = judge.Pass, judge.Error
	for name, test := range map[string]struct {
		texts map[string]string // by student; empty: a zip file that is gone when it is opened
		want  map[string]judge.Status
		calls []int
		again []int // of a second call
		says  string
		err   string
	}{
		"all right":             {map[string]string{"ada": "1", "bob": "2"}, map[string]judge.Status{"ada": pass, "bob": pass}, []int{2}, nil, "2 of them run now", ""},
		"alike":                 {map[string]string{"ada": "1", "bob": "1"}, map[string]judge.Status{"ada": pass, "bob": pass}, []int{1}, nil, "2 exercises, 1 of them run now", ""},
		"one harms all":         {map[string]string{"ada": "1", "bob": "harms the build", "eve": "3"}, map[string]judge.Status{"ada": pass, "bob": broke, "eve": pass}, []int{3, 1, 1, 1}, []int{1, 1}, "error    bob, 01-first: cannot lay out", ""},
		"nothing can be graded": {map[string]string{"ada": "harms the build", "bob": "harms the build too"}, nil, []int{2, 1, 1}, []int{2, 1, 1}, "", "cannot lay out"},
		"no text":               {map[string]string{"ada": "has no text", "bob": "2"}, map[string]judge.Status{"ada": broke, "bob": pass}, []int{2}, []int{1}, "ada, 01-first: cannot write the result down", ""},
		"the grader breaks":     {map[string]string{"ada": "breaks", "bob": "2"}, map[string]judge.Status{"ada": broke, "bob": pass}, []int{2}, []int{1}, "", ""},
		"gone":                  {map[string]string{"ada": "", "bob": "2"}, map[string]judge.Status{"ada": broke, "bob": pass}, []int{1}, nil, "error    ada, 01-first: cannot unpack", ""},
		"stopped":               {map[string]string{"ada": "1", "bob": "is stopped", "eve": "3"}, map[string]judge.Status{"ada": pass}, []int{3}, []int{2}, "", "context canceled"},
	} {
		t.Run(name, func(t *testing.T) {
			c, submissions := class(t)
			for student, text := range test.texts {
				if text == "" {
					write(t, filepath.Join(submissions, student+".zip"), "")
				} else {
					write(t, filepath.Join(submissions, student, "01-first", "main.go"), text)
				}
			}
			for again, calls := range [][]int{test.calls, test.again} {
				ctx, stop := context.WithCancel(t.Context())
				defer stop()
				p := &pipeline{stop: stop}
				var said strings.Builder
				k := *c
				k.Log = &said
				if err := k.Find([]string{submissions}, false); err != nil {
					t.Fatal(err)
				}
				for student, text := range test.texts {
					if gone := filepath.Join(submissions, student+".zip"); text == "" && again == 0 {
						if err := os.Remove(gone); err != nil {
							t.Fatal(err)
						}
						defer write(t, gone, "")
					}
				}
				k.grade = p.grade
				err := k.Grade(ctx)
				if !slices.Equal(p.calls, calls) {
					t.Errorf("call %d: programs took the pipeline as %v, want %v", again+1, p.calls, calls)
				}
				if again == 1 {
					return
				}
				if (err == nil) != (test.err == "") || err != nil && !strings.Contains(err.Error(), test.err) {
					t.Errorf("ends with %v, want %q", err, test.err)
				}
				if !strings.Contains(said.String(), test.says) {
					t.Errorf("does not say %q:\n%s", test.says, &said)
				}
				book, torn, err := Read(k.Out)
				if err != nil || torn > 0 || len(book.Lines()) != len(test.want) {
					t.Errorf("the journal holds %d results, %d are torn: %v", len(book.Lines()), torn, err)
				}
				for student, want := range test.want {
					if l, ok := book.Result(student, "01-first"); !ok || l.Result.Status != want {
						t.Errorf("%s: %+v, want %s", student, l.Result, want)
					}
				}
			}
		})
	}
}

// class is one of no submissions so far, and the folder for them.
func class(t *testing.T) (c *Class, submissions string) {
	t.Helper()
	course, submissions := t.TempDir(), t.TempDir()
	for _, name := range []string{"go.mod", "go.sum", "mp/mp.go", "exercises/01-first/exercise.yaml"} {
		write(t, filepath.Join(course, name), "")
	}
	return &Class{Course: course, Exercises: []*exercise.Exercise{{ID: "01-first", Points: 2, Edit: []string{"main.go"}}}, Out: t.TempDir()}, submissions
}

// Who asks for something else than what a folder holds is told so, unless that shall be
// forgotten.
func TestFindAfterGrading(t *testing.T) {
	c, submissions := class(t)
	write(t, filepath.Join(submissions, "ada", "01-first", "main.go"), "1")
	write(t, filepath.Join(submissions, "notes.txt"), "")
	find := func(seed uint64, fresh bool) (done int, said string, err error) {
		k, b, p := *c, strings.Builder{}, &pipeline{}
		k.Seed, k.Log = seed, &b
		if err := k.Find([]string{submissions}, fresh); err != nil {
			return 0, b.String(), err
		}
		k.grade = p.grade
		return len(k.Book.Lines()), b.String(), k.Grade(t.Context())
	}
	for _, test := range []struct {
		seed  uint64
		fresh bool
		done  int
		err   string
	}{{1, false, 0, ""}, {1, false, 1, ""}, {2, false, 0, "what differs: --seed (1, not 2)"}, {2, true, 0, ""}, {2, false, 1, ""}} {
		done, said, err := find(test.seed, test.fresh)
		if done != test.done || !strings.Contains(fmt.Sprint(err), test.err) || (err == nil) != (test.err == "") || !strings.Contains(said, "ignored: ") {
			t.Errorf("%+v: %d are done, %v, %q", test, done, err, said)
		}
	}
}
