package cache

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/grading"
	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/plan"
	"lockstep/grader/internal/submission"
)

// TestProver changes an exercise in one place after the other, and wants a program of it
// to be marked again where that may change what it gets.
func TestProver(t *testing.T) {
	course, dir := t.TempDir(), t.TempDir()
	file := filepath.Join("exercises", "01-first", "exercise.yaml")
	texts := map[string]string{
		"go.mod": "", "go.sum": "", "mp/mp.go": "", "solutions/01-first/main.go": "",
		"exercises/01-first/main.go": "", "exercises/01-first/README.md": "# First\n", file: "hints: [one]\nlimits: {wall: 5s}\nchecks: [{name: seen}]\n",
	}
	put := func(name, text string) {
		t.Helper()
		name = filepath.Join(course, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range texts {
		put(name, text)
	}
	e := &exercise.Exercise{ID: "01-first", Dir: filepath.Join(course, "exercises", "01-first"), Edit: []string{"main.go"}, Checks: []exercise.Check{{Name: "seen"}}}
	grade := func(seed uint64) (known map[string]judge.Verdict) {
		t.Helper()
		fake := func(_ context.Context, _ string, tasks []grading.Task, o grading.Options) ([]judge.Result, error) {
			known = tasks[0].Known
			r := judge.Result{Exercise: e.ID, Checks: []judge.Verdict{{Check: exercise.Builds, Status: judge.Fail}}}
			o.Done(0, r)
			return []judge.Result{r}, nil
		}
		task := grading.Task{Job: plan.Job{Exercise: e, Seed: seed}, Work: &submission.Submission{Exercise: e, Files: map[string][]byte{"main.go": []byte("1")}}}
		if _, err := around(fake, dir, 0, "here", true)(t.Context(), course, []grading.Task{task}, grading.Options{}); err != nil {
			t.Fatal(err)
		}
		return known
	}
	for _, test := range []struct {
		name     string
		old, new string // in exercise.yaml
		other    string // another file that changes
		seed     uint64
		known    bool
	}{
		{name: "the first time", seed: 1},
		{name: "nothing", seed: 1, known: true},
		{name: "a hint", old: "[one]", new: "[two]", seed: 1, known: true},
		{name: "the README", other: "exercises/01-first/README.md", seed: 1, known: true},
		{name: "the seed", seed: 2},
		{name: "a limit", old: "5s", new: "6s", seed: 1},
		{name: "the solution", other: "solutions/01-first/main.go", seed: 1},
	} {
		if test.other != "" {
			put(test.other, "other\n")
		}
		if test.old != "" {
			texts[file] = strings.Replace(texts[file], test.old, test.new, 1)
			put(file, texts[file])
		}
		known := grade(test.seed)
		if v, ok := known[exercise.Builds]; ok != test.known || ok && (v.Status != judge.Fail || !v.Cached) {
			t.Errorf("%s: known: %+v, want it known: %v", test.name, known, test.known)
		}
	}
	// What is known of a program that does not build is told without building it.
	job := plan.Job{Exercise: e}
	r, known := judge.Recall(job, map[string]judge.Verdict{exercise.Builds: {Check: exercise.Builds, Status: judge.Fail, Cached: true}})
	if !known || r.Status != judge.Fail || r.Checks[0].Check != exercise.Builds || r.Checks[1].Status != judge.Skipped || !r.Unchanged() {
		t.Errorf("recalled: %v, %+v", known, r)
	}
}
