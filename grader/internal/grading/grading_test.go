package grading

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/build"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/plan"
	"lockstep/grader/internal/script"
	"lockstep/grader/internal/submission"
)

func TestMain(m *testing.M) {
	box.Init()
	build.Init()
	script.Init()
	os.Exit(m.Run())
}

// course writes a course of one exercise, in which a program says hello, and then who it
// greets, which is drawn.
func course(t *testing.T, checks ...string) (dir string, e *exercise.Exercise) {
	t.Helper()
	dir = t.TempDir()
	write(t, filepath.Join(dir, "go.mod"), "module lockstep\n\ngo 1.26\n")
	write(t, filepath.Join(dir, "go.sum"), "")
	write(t, filepath.Join(dir, "mp", "mp.go"), "package mp\n")
	yaml := "title: Hello\ntopic: words\ngoal: g\npoints: 3\nedit: [main.go]\nimports: [fmt, os]\nhints: [h]\nchecks:\n"
	if len(checks) == 0 {
		checks = []string{
			`{name: says hello, points: 2, run: {}, stdout_match: "^hello"}`,
			`{name: says whom, points: 1, run: {args: ["{{int 1000 9999}}"]}, stdout_match: "^hello .[0-9]+.\\n$", needs: [says hello]}`,
		}
	}
	for _, c := range checks {
		yaml += "  - " + c + "\n"
	}
	place := filepath.Join(dir, "exercises", "01-hello")
	write(t, filepath.Join(place, "exercise.yaml"), yaml+"starter: {fails: [says hello]}\n")
	write(t, filepath.Join(place, "main.go"), "package main\n")
	e, err := exercise.Load(place)
	if err != nil {
		t.Fatal(err)
	}
	return dir, e
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func program(body string) string {
	return "package main\n\nimport (\n\t\"fmt\"\n\t\"os\"\n)\n\nfunc main() { " + body + " }\n"
}

var right = program(`fmt.Println("hello", os.Args[1:])`)

func task(e *exercise.Exercise, key string, seed uint64, text string) Task {
	return Task{Key: key, Job: plan.New(e, seed), Work: submission.New(e, "handed-in", map[string][]byte{"main.go": []byte(text)})}
}

// statuses are those of a result's checks, in short.
func statuses(r judge.Result) string {
	var all []string
	for _, v := range r.Checks {
		all = append(all, string(v.Status))
	}
	return strings.Join(all, ", ")
}

// TestGrade grades right and wrong work together: each gets what it is worth, in its
// place, whatever becomes of its neighbours.
func TestGrade(t *testing.T) {
	dir, e := course(t)
	tests := []struct {
		name, text, want string
		points           int
	}{
		{"right", right, "pass, pass", 3},
		{"no program", "package main\n\nfunc main() { nothing() }\n", "fail, skipped, skipped", 0},
		{"refused", "package main\n\nimport \"net\"\n\nfunc main() { net.Listen(\"\", \"\") }\n", "fail, skipped, skipped", 0},
		{"half", program(`fmt.Println("hello"); os.Exit(0)`), "pass, fail", 2},
		{"wrong", program(`fmt.Println("bye"); os.Exit(0)`), "fail, skipped", 0},
		{"dies", program(`fmt.Println(os.Args[7])`), "fail, skipped", 0},
		{"right again", right, "pass, pass", 3},
	}
	var tasks []Task
	for i, test := range tests {
		tasks = append(tasks, task(e, fmt.Sprint("t", i), uint64(i+1), test.text))
	}
	var mu sync.Mutex
	begun := map[string]int{}
	var done []int
	results, err := Grade(t.Context(), dir, tasks, Options{
		Jobs: 3, Done: func(i int, r judge.Result) { done = append(done, i) },
		Began: func(id, check string) { mu.Lock(); defer mu.Unlock(); begun[id+" "+check]++ },
	})
	if err != nil {
		t.Fatal(err)
	}
	drawn := map[string]bool{}
	for i, test := range tests {
		r := results[i]
		if statuses(r) != test.want || r.Points != test.points || r.Seed != uint64(i+1) {
			t.Errorf("%s: got %s, %d points, seed %d; want %s, %d", test.name, statuses(r), r.Points, r.Seed, test.want, test.points)
		}
		drawn[tasks[i].Job.Scripts[1].Text] = true
	}
	if !slices.Equal(done, []int{0, 1, 2, 3, 4, 5, 6}) || len(drawn) != len(tests) {
		t.Errorf("told of %v in turn; %d different arguments were drawn", done, len(drawn))
	}
	// Five programs were run, and each was told to have ended.
	if begun["01-hello says hello"] != 5 || begun["01-hello says whom"] != 3 || begun["01-hello "] != 5 {
		t.Errorf("begun: %v", begun)
	}
}

// What is known is neither built nor run; what it leaves open is.
func TestKnownIsNotTriedAgain(t *testing.T) {
	dir, e := course(t)
	hello := judge.Verdict{Check: "says hello", Status: judge.Pass, Points: 2, Max: 2, Cached: true}
	whom := judge.Verdict{Check: "says whom", Status: judge.Fail, Max: 1, Cached: true}
	all, half := task(e, "all", 1, "no program at all"), task(e, "half", 2, program(`fmt.Println("hello", os.Args[1:2])`))
	all.Known = map[string]judge.Verdict{hello.Check: hello, whom.Check: whom}
	half.Known = map[string]judge.Verdict{hello.Check: hello} // tried again, it would die without an argument
	var begun []string
	results, err := Grade(t.Context(), dir, []Task{all, half}, Options{Began: func(_, check string) { begun = append(begun, check) }})
	if err != nil {
		t.Fatal(err)
	}
	if r := results[0]; statuses(r) != "pass, fail" || !r.Unchanged() || r.Points != 2 {
		t.Errorf("all is known: %s, %d points", statuses(r), r.Points)
	}
	if r := results[1]; statuses(r) != "pass, pass" || r.Unchanged() || r.Points != 3 {
		t.Errorf("half is known: %s, %d points", statuses(r), r.Points)
	}
	if !slices.Equal(begun, []string{"says whom", ""}) {
		t.Errorf("begun: %q", begun)
	}
}

// Where the context ends, what was graded counts, and the rest says why it was not.
func TestCancelled(t *testing.T) {
	dir, e := course(t)
	tasks := []Task{task(e, "a", 1, right), task(e, "b", 1, right), task(e, "c", 1, right)}
	out := errors.New("the time is over")
	for name, test := range map[string]struct {
		at   int // which task ends the context when it is done; -1: it has ended before
		want []string
	}{
		"before":        {-1, []string{"error, error, error", "error, error, error", "error, error, error"}},
		"in the middle": {0, []string{"pass, pass", "error, skipped", "error, skipped"}},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, stop := context.WithCancelCause(t.Context())
			defer stop(nil)
			if test.at < 0 {
				stop(out)
			}
			results, err := Grade(ctx, dir, tasks, Options{Began: func(_, check string) {
				if check == "" {
					stop(out)
				}
			}})
			if ctx.Err() == nil || err == nil {
				t.Fatalf("ends with %v", err)
			}
			for i, r := range results {
				if statuses(r) != test.want[i] {
					t.Errorf("task %d: got %s, want %s", i, statuses(r), test.want[i])
				}
				if r.Status == judge.Error && !strings.Contains(r.Checks[0].Message, out.Error()) {
					t.Errorf("task %d does not say why: %s", i, r.Checks[0].Message)
				}
			}
		})
	}
}

// A reference that does not build is the course's fault, and nobody's failure.
func TestBrokenReference(t *testing.T) {
	dir, e := course(t, `{name: says hello, points: 3, run: {}, stdout_from: solution}`)
	write(t, filepath.Join(dir, "solutions", "01-hello", "main.go"), "package main\n\nfunc main() { nothing() }\n")
	results, err := Grade(t.Context(), dir, []Task{task(e, "a", 1, right)}, Options{})
	if err == nil || !strings.Contains(err.Error(), "the reference solution of 01-hello does not build") || len(results) != 1 || results[0].Status != judge.Error {
		t.Errorf("got %v, %+v", err, results)
	}
	write(t, filepath.Join(dir, "solutions", "01-hello", "main.go"), right)
	results, err = Grade(t.Context(), dir, []Task{task(e, "a", 1, right), task(e, "b", 1, program(`fmt.Println(os.Args[0])`))}, Options{})
	if err != nil || statuses(results[0]) != "pass" || statuses(results[1]) != "fail" {
		t.Errorf("with a reference: %v, %v", err, results)
	}
}

// Results are told in order, and no more are under way than shall be.
func TestInOrder(t *testing.T) {
	const n, atOnce = 50, 4
	var under, most atomic.Int32
	var told []int
	last := make(chan struct{})
	inOrder(n, atOnce, func(i int) {
		if now := under.Add(1); now > most.Load() {
			most.Store(now)
		}
		if i == 0 {
			<-last // the first is the slowest of its neighbours
		} else if i == atOnce {
			close(last)
		}
		under.Add(-1)
	}, func(i int) { told = append(told, i) })
	if len(told) != n || !slices.IsSorted(told) || most.Load() > atOnce {
		t.Errorf("told of %v, %d at once", told, most.Load())
	}
}
