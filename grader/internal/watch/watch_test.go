package watch

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/grading"
	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/progress"
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
