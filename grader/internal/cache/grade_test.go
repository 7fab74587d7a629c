package cache

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/grading"
	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/plan"
	"lockstep/grader/internal/submission"
)

func TestMain(m *testing.M) {
	box.Init()
	os.Exit(m.Run())
}

// TestGrader changes, one after the other, what a verdict depends on, and wants to be
// told as known what was found of the very same work, and nothing else.
func TestGrader(t *testing.T) {
	course, dir := t.TempDir(), filepath.Join(t.TempDir(), "verdicts")
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
	for _, name := range []string{"go.mod", "go.sum", "mp/mp.go", "exercises/01-first/exercise.yaml", "exercises/01-first/main.go"} {
		put(name, "")
	}
	e := &exercise.Exercise{ID: "01-first", Dir: filepath.Join(course, "exercises", "01-first"), Edit: []string{"main.go"}, Checks: []exercise.Check{{Name: "seen"}, {Name: "unseen"}}}
	type call struct {
		text, dir string
		asked     uint64
		brief     bool
		o         grading.Options
		problems  []submission.Problem
	}
	first := call{text: "1", dir: dir, o: grading.Options{Tier: box.TierC}}
	for _, test := range []struct {
		name   string
		change func(c *call)
		known  bool
		again  bool // the second time
	}{
		{"the first time", func(c *call) {}, false, true},
		{"nothing", func(c *call) {}, true, true},
		{"the work", func(c *call) { c.text = "2" }, false, true},
		{"work that is refused", func(c *call) { c.problems = []submission.Problem{{Text: "no"}} }, false, false},
		{"the seed that is asked for", func(c *call) { c.asked = 7 }, false, true},
		{"that seed, again", func(c *call) { c.asked = 7 }, true, true},
		{"the tier", func(c *call) { c.o.Tier = box.TierD }, false, true},
		{"pictures", func(c *call) { c.o.Pictures = true }, false, true},
		{"only whether it fails", func(c *call) { c.brief = true }, false, true},
		{"the file that the work replaces", func(c *call) { put("exercises/01-first/main.go", "x") }, true, true},
		{"a mutant", func(c *call) { put("exercises/01-first/mutants/m.go", "x") }, true, true},
		{"a folder that can't be had", func(c *call) { c.dir = filepath.Join(course, "go.mod", "x") }, false, false},
		{"what the course asks for", func(c *call) { put("exercises/01-first/exercise.yaml", "x") }, false, true},
		{"the solution", func(c *call) { put("solutions/01-first/main.go", "x") }, false, true},
		{"the library", func(c *call) { put("mp/mp.go", "package mp") }, false, true},
		{"damage", func(c *call) {
			files, err := filepath.Glob(filepath.Join(dir, "*.json"))
			for _, name := range files {
				if err == nil {
					err = os.WriteFile(name, []byte("x"), 0o644)
				}
			}
			if err != nil {
				t.Fatal(err)
			}
		}, false, true},
		{"nothing more", func(c *call) {}, true, true},
	} {
		grade := func(c call) (known bool) {
			t.Helper()
			fake := func(_ context.Context, _ string, tasks []grading.Task, o grading.Options) ([]judge.Result, error) {
				v, ok := tasks[0].Known["seen"]
				if _, more := tasks[0].Known["unseen"]; more || ok && (!v.Cached || v.Status != judge.Fail) {
					t.Errorf("%s: known: %+v", test.name, tasks[0].Known)
				}
				known = ok
				r := judge.Result{Exercise: e.ID, Checks: []judge.Verdict{{Check: "seen", Status: judge.Fail}, {Check: "unseen", Status: judge.NotChecked}}}
				o.Done(0, r)
				return []judge.Result{r}, nil
			}
			task := grading.Task{Job: plan.Job{Exercise: e}, Work: &submission.Submission{Exercise: e, Files: map[string][]byte{"main.go": []byte(c.text)}, Problems: c.problems}, Brief: c.brief}
			told := 0
			c.o.Done = func(int, judge.Result) { told++ }
			results, err := around(fake, c.dir, c.asked, "here", false)(t.Context(), course, []grading.Task{task}, c.o)
			if err != nil || told != 1 || len(results) != 1 || task.Known != nil {
				t.Errorf("%s: %v, told %d times, %+v", test.name, err, told, results)
			}
			return known
		}
		c := first
		test.change(&c)
		if known, again := grade(c), grade(c); known != test.known || again != test.again {
			t.Errorf("%s: known: %v, and again: %v; want %v, %v", test.name, known, again, test.known, test.again)
		}
	}
}
