package watch

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/grading"
	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/plan"
	"lockstep/grader/internal/progress"
	"lockstep/grader/internal/submission"
)

// TestQuickSaves saves several times before anything can run: that is one run, of what
// was saved last, and the run in progress has ended.
func TestQuickSaves(t *testing.T) {
	course := t.TempDir()
	e := &exercise.Exercise{ID: "01-first", Dir: filepath.Join(course, "exercises", "01-first"), Edit: []string{"main.go"}}
	save := func(text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(e.Dir, "main.go"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(e.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	save("old")
	var out bytes.Buffer
	s := &session{
		Options: Options{Course: course, Out: &out, Grade: func(ctx context.Context, _ string, tasks []grading.Task, _ grading.Options) ([]judge.Result, error) {
			text := string(tasks[0].Work.Files["main.go"])
			if text == "old" {
				<-ctx.Done()
			}
			return []judge.Result{{Exercise: text}}, ctx.Err()
		}},
		Work: progress.Open(t.TempDir(), []*exercise.Exercise{e}), exercise: e, runs: make(chan finished, 1), saves: &saves{},
	}
	s.run(t.Context(), false)
	began := s.number
	for i := range 5 {
		save(fmt.Sprint(i))
		s.saved()
		if s.stop != nil {
			t.Fatal("the run of old files goes on")
		}
		first := s.settle
		if s.saved(); s.settle != first {
			t.Error("nothing was saved, and yet the wait begins anew")
		}
	}
	if s.settle == nil || len(s.runs) != 0 {
		t.Errorf("no run waits, or an old one still speaks")
	}
	<-s.settle.C
	s.run(t.Context(), false)
	f := <-s.runs
	if s.number != began+2 || f.number != s.number || f.err != nil || f.result.Exercise != "4" {
		t.Errorf("run %d after %d, with %+v", f.number, began, f)
	}
	s.cancel()
}

// What a student sees beneath a run: the hints, and how long the last runs took. What was
// marked before took no time, and a replay is no run of the exercise.
func TestMenu(t *testing.T) {
	e := &exercise.Exercise{ID: "01-first"}
	var out bytes.Buffer
	s := &session{
		Options: Options{Out: &out}, Work: progress.Open(t.TempDir(), []*exercise.Exercise{e}), exercise: e,
	}
	task := grading.Task{Job: plan.Job{Exercise: e}, Work: submission.New(e, "", nil)}
	menu := func(took time.Duration, r judge.Result) string {
		t.Helper()
		out.Reset()
		s.stop = func() {}
		if over, err := s.finish(t.Context(), finished{took: took, task: task, result: r}); over || err != nil {
			t.Fatal(over, err)
		}
		return out.String()
	}
	failed := judge.Result{Exercise: e.ID, Status: judge.Fail, Checks: []judge.Verdict{{Check: "c", Status: judge.Fail}}}
	for i, want := range []string{"  0.1 s", "  0.1 s  1.1 s", "  0.1 s  1.1 s  2.1 s", "  1.1 s  2.1 s  3.1 s"} {
		if got := menu(time.Duration(i)*time.Second+100*time.Millisecond, failed); !strings.Contains(got, "\nlast runs"+want+"\n") {
			t.Errorf("after %d runs: %s", i+1, got)
		}
	}
	failed.Checks[0].Cached = true
	if got := menu(time.Hour, failed); !strings.Contains(got, "last runs  1.1 s  2.1 s  3.1 s\n") {
		t.Errorf("of what has not changed: %s", got)
	}
	for want, hints := range map[string][]string{"\nhints      [x] 1  [ ] 2\nlast runs": {"one", "two"}, "\nlast runs": nil} {
		out.Reset()
		e.Hints, s.Progress.Exercises[e.ID] = hints, &progress.Exercise{Given: map[int]string{1: "files"}}
		if s.menu(); !strings.HasPrefix(out.String(), want) {
			t.Errorf("with the hints %v: %q", hints, &out)
		}
	}
}
