package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/grading"
	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/plan"
	"lockstep/grader/internal/submission"
)

// TestVerdicts marks every wrong submission of testdata/submissions/EXERCISE/FAULT, with
// -short one of three, and compares the verdicts with its file verdict.txt: a line per
// check that does not simply pass, "STATUS CHECK: words that its message or evidence must
// hold", and "hint CHECK: its first words" for each that gives a hint.
func TestVerdicts(t *testing.T) {
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	folders, err := filepath.Glob(filepath.Join(root, "testdata", "submissions", "*", "*"))
	if err != nil || len(folders) == 0 {
		t.Fatalf("no submissions: %v", err)
	}
	if testing.Short() {
		few := folders[:0]
		for i := 2; i < len(folders); i += 3 {
			few = append(few, folders[i])
		}
		folders = few
	}
	var tasks []grading.Task
	for _, dir := range folders {
		e, err := exercise.Load(filepath.Join(root, "exercises", filepath.Base(filepath.Dir(dir))))
		if err != nil {
			t.Fatal(err)
		}
		files := map[string][]byte{}
		for _, name := range e.Edit {
			if files[name], err = os.ReadFile(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
		tasks = append(tasks, grading.Task{Key: e.ID + "-" + filepath.Base(dir), Job: plan.New(e, 1), Work: submission.New(e, dir, files)})
	}
	results, err := grading.Grade(t.Context(), root, tasks, grading.Options{Jobs: runtime.NumCPU()})
	if err != nil {
		t.Fatal(err)
	}
	for i, dir := range folders {
		t.Run(tasks[i].Key, func(t *testing.T) { compareVerdicts(t, dir, results[i]) })
	}
}

func compareVerdicts(t *testing.T, dir string, r judge.Result) {
	text, err := os.ReadFile(filepath.Join(dir, "verdict.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := json.Marshal(r); err != nil {
		t.Errorf("the result can't be written: %v", err)
	}
	want, hints := map[string][2]string{}, map[string]string{}
	for line := range strings.Lines(string(text)) {
		head, words, _ := strings.Cut(strings.TrimSpace(line), ": ")
		status, check, ok := strings.Cut(head, " ")
		if !ok {
			t.Fatalf("verdict.txt: cannot read %q", line)
		}
		switch status {
		case "hint":
			hints[check] = words
			continue
		case "unchecked":
			status = string(judge.NotChecked)
		}
		want[check] = [2]string{status, words}
	}
	for _, v := range r.Checks {
		w, named := want[v.Check]
		if !named {
			w[0] = string(judge.Pass)
		}
		delete(want, v.Check)
		said := v.Message
		for _, ev := range v.Evidence {
			said += "\n" + strings.Join(ev.Lines, "\n")
		}
		if string(v.Status) != w[0] || !strings.Contains(said, w[1]) {
			t.Errorf("%s: got %s: %s\nwant %s: %s", v.Check, v.Status, said, w[0], w[1])
		}
		if hint := hints[v.Check]; (hint == "") != (v.Hint == "") || !strings.HasPrefix(v.Hint, hint) {
			t.Errorf("%s: got the hint %q, want %q", v.Check, v.Hint, hint)
		}
	}
	for check := range want {
		t.Errorf("there is no verdict of %q", check)
	}
}
