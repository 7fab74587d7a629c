package progress

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/grading"
	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/plan"
	"lockstep/grader/internal/submission"
	"lockstep/grader/internal/usage"
)

func TestRemembers(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "when", "needed")
	if p := Load(dir); len(p.Exercises) != 0 {
		t.Fatalf("nothing was remembered yet: %+v", p)
	}
	err := Update(dir, func(p *Progress) {
		p.Current = "10-lost-updates"
		p.Of("10-lost-updates").Given = map[int]string{2: "files"}
	})
	if err != nil {
		t.Fatal(err)
	}
	p := Load(dir)
	if p.Current != "10-lost-updates" || p.Of("10-lost-updates").Given[2] != "files" || len(p.Of("02-join-them-all").Given) > 0 {
		t.Errorf("got %+v", p)
	}
}

// Whatever stands in the file, grading goes on, and the next update repairs it.
func TestDamageIsForgotten(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "half": `{"version":1,"exer`, "not json": "\x00\xff", "other type": "[]", "null": "null",
		"other version": `{"version":99,"exercises":{}}`, "no exercises": `{"version":1}`, "null exercise": `{"version":1,"exercises":{"10-lost-updates":null}}`,
		"wrong field": `{"version":1,"exercises":{"10-lost-updates":{"given":"many"}}}`,
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, fileName), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			if got := Load(dir).Of("10-lost-updates").Passed; got != "" {
				t.Errorf("got %s", got)
			}
			if err := Update(dir, func(p *Progress) { p.Of("10-lost-updates").Passed = "files" }); err != nil {
				t.Fatal(err)
			}
			if got := Load(dir).Of("10-lost-updates").Passed; got != "files" {
				t.Errorf("after an update: %s", got)
			}
		})
	}
}

func TestNoUpdateIsLost(t *testing.T) {
	dir := t.TempDir()
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for range 20 {
				if err := Update(dir, func(p *Progress) { p.Of(fmt.Sprint(i % 2)).Passed += "x" }); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	p := Load(dir)
	if a, b := len(p.Of("0").Passed), len(p.Of("1").Passed); a != 80 || b != 80 {
		t.Errorf("got %d and %d, want 80 each", a, b)
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 2 {
		t.Errorf("files left: %v %v", left, err)
	}
}

func TestUnwritable(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Update(file, func(*Progress) {}); err == nil {
		t.Error("a folder that can't be made is no error")
	}
}

// Where a reset can't write, that is its caller's to mend, and no work is lost.
func TestResetCannotWrite(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "main.go")
	if err := os.WriteFile(file, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	reset := func(place, kept string) error {
		r := &Reset{
			exercise: &exercise.Exercise{ID: "01-a", Dir: place}, kept: kept,
			now: map[string][]byte{"main.go": []byte("mine")}, starter: map[string][]byte{"main.go": []byte("new")},
		}
		return r.Do()
	}
	var wrong *usage.Error
	if err := reset(dir, filepath.Join(file, "kept")); !errors.As(err, &wrong) || !strings.Contains(err.Error(), "so nothing was changed") || !strings.Contains(err.Error(), "LOCKSTEP_STATE") {
		t.Errorf("no copy: %v", err)
	}
	if text, err := os.ReadFile(file); string(text) != "mine" {
		t.Errorf("%s, %v", text, err)
	}
	kept := filepath.Join(dir, "kept")
	if err := reset(filepath.Join(dir, "nowhere"), kept); !errors.As(err, &wrong) || !strings.Contains(err.Error(), "your work is kept in "+kept) {
		t.Errorf("no place: %v", err)
	}
	if text, err := os.ReadFile(filepath.Join(kept, "main.go")); string(text) != "mine" {
		t.Errorf("kept %s, %v", text, err)
	}
}

// What this machine could not check has not passed: it is marked so, and comes last.
func TestUnchecked(t *testing.T) {
	var exercises []*exercise.Exercise
	for _, id := range []string{"01-a", "02-b", "03-c"} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(id), 0o644); err != nil {
			t.Fatal(err)
		}
		exercises = append(exercises, &exercise.Exercise{ID: id, Dir: dir, Edit: []string{"main.go"}})
	}
	state := t.TempDir()
	w := Open(state, exercises)
	mark := func(i int, s judge.Status) {
		t.Helper()
		e := exercises[i]
		task := grading.Task{Job: plan.Job{Exercise: e}, Work: submission.New(e, e.Dir, Files(e))}
		if err := w.Remember(task, judge.Result{Exercise: e.ID, Status: s}); err != nil {
			t.Fatal(err)
		}
	}
	next := func(want string) {
		t.Helper()
		if e, _ := w.Next(); e == nil || e.ID != want {
			t.Errorf("next is %v, want %s", e, want)
		}
	}
	mark(0, judge.NotChecked)
	if w.Done(exercises[0]) || !w.Unchecked(exercises[0]) || w.Count() != 0 {
		t.Error("what was not checked counts as done")
	}
	next("02-b")
	mark(1, judge.Pass)
	if err := w.Change(func(p *Progress) { p.Of("03-c").Skipped = true }); err != nil {
		t.Fatal(err)
	}
	next("03-c")
	mark(2, judge.Pass)
	next("01-a")
	var list strings.Builder
	w.List(&list, false)
	if !strings.Contains(list.String(), "? 01-a") || !strings.Contains(list.String(), "2 done") {
		t.Errorf("the list is\n%s", &list)
	}
	mark(0, judge.Pass)
	if e, ok := w.Next(); ok {
		t.Errorf("%s comes again", e.ID)
	}
}
