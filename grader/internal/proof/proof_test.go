package proof

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/submission"
)

// TestRepeatedTrials shows that trials under several seeds must agree, of every kind
// of program, and that what they agree on is told once.
func TestRepeatedTrials(t *testing.T) {
	e := &exercise.Exercise{
		ID:      "01-one",
		Checks:  []exercise.Check{{Name: "a"}, {Name: "b", Needs: []string{"a"}}},
		Starter: exercise.Starter{Fails: []string{"a"}},
		Mutants: map[string][]string{"m.go": {"a"}},
	}
	programs := map[string]func(*Proof, judge.Result){
		"the starter":  judgeStarter,
		"the solution": judgeSolution,
		"mutant m.go":  func(p *Proof, r judge.Result) { judgeMutant(p, "m.go", r) },
	}
	const pass, fail, skip, open = judge.Pass, judge.Fail, judge.Skipped, judge.NotChecked
	for _, test := range []struct {
		program string
		rounds  [][2]judge.Status // of the checks a and b
		faults  []string          // the beginning of each
		caught  int
		starter bool
	}{
		{"the starter", [][2]judge.Status{{fail, skip}, {fail, skip}}, nil, 1, true},
		{"the starter", [][2]judge.Status{{fail, skip}, {pass, pass}, {fail, skip}}, []string{
			`the starter does not fail "a"`,
			`the starter: check "a" varies: fail with seed 1, 3; pass with seed 2`,
		}, 1, false},
		{"the starter", [][2]judge.Status{{pass, pass}, {pass, pass}}, []string{`the starter does not fail "a"`}, 1, false},
		{"the starter", [][2]judge.Status{{fail, skip}, {open, skip}}, nil, 1, true},
		{"the solution", [][2]judge.Status{{pass, pass}, {pass, fail}, {pass, fail}}, []string{
			`the solution: check "b": fail`,
			`the solution: check "b" varies: fail with seed 2, 3; pass with seed 1`,
		}, 1, true},
		{"the solution", [][2]judge.Status{{pass, open}, {pass, pass}}, nil, 1, true},
		{"mutant m.go", [][2]judge.Status{{fail, skip}, {fail, skip}}, nil, 1, true},
		{"mutant m.go", [][2]judge.Status{{fail, skip}, {pass, skip}, {pass, skip}}, []string{
			`mutant m.go is not caught by "a" (pass)`,
			`mutant m.go: check "a" varies: fail with seed 1; pass with seed 2, 3`,
		}, 0, true},
	} {
		p := New(e)
		for i, round := range test.rounds {
			r := judge.Result{Checks: []judge.Verdict{{Check: "a", Status: round[0]}, {Check: "b", Status: round[1]}}}
			programs[test.program](p, r)
			p.note(test.program, uint64(i+1), r)
		}
		p.steady()
		if !slices.EqualFunc(p.Faults, test.faults, strings.HasPrefix) {
			t.Errorf("%s %v: faults %q, want %q", test.program, test.rounds, p.Faults, test.faults)
		}
		if p.caught() != test.caught || p.starter != test.starter {
			t.Errorf("%s %v: %d caught, starter %t; want %d, %t", test.program, test.rounds, p.caught(), p.starter, test.caught, test.starter)
		}
	}
}

// TestCopied has a file of the course's beside its solution: missing, changed, and as it is.
func TestCopied(t *testing.T) {
	dir, solution := t.TempDir(), t.TempDir()
	write := func(dir, text string) {
		if err := os.WriteFile(filepath.Join(dir, "world.go"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(dir, "package main\n")
	for _, test := range []struct {
		prepare func()
		fault   string
	}{
		{func() {}, "there is no " + submission.Shown(filepath.Join(solution, "world.go")) + ", a copy of " + submission.Shown(filepath.Join(dir, "world.go"))},
		{func() { write(solution, "package main\n\nconst Room = 4\n") }, submission.Shown(filepath.Join(solution, "world.go")) + " differs from " + submission.Shown(filepath.Join(dir, "world.go"))},
		{func() { write(solution, "package main\n") }, ""},
	} {
		test.prepare()
		p := New(&exercise.Exercise{ID: "01-one", Dir: dir, Support: []string{"world.go"}})
		p.copied(solution)
		if got := strings.Join(p.Faults, "\n"); !strings.HasPrefix(got, test.fault) || (got == "") != (test.fault == "") {
			t.Errorf("got %q, want %q", got, test.fault)
		}
	}
}

// TestToldOnce shows that a proof says why something could not be checked, and nothing of
// checks that were only not tried because of what it tells already.
func TestToldOnce(t *testing.T) {
	e := &exercise.Exercise{ID: "01-one", Checks: []exercise.Check{{Name: "a"}, {Name: "b"}, {Name: "c", Needs: []string{"a"}}}}
	p := New(e)
	for _, title := range []string{"the solution", "also/x.go"} {
		p.right(title, judge.Result{Checks: []judge.Verdict{
			{Check: "a", Status: judge.Fail, Message: "wrong"},
			{Check: "b", Status: judge.NotChecked, Message: "nobody can tell"},
			{Check: "c", Status: judge.Skipped, Message: `needs "a", which did not pass`},
		}})
	}
	if p.right("also/y.go", judge.Result{Checks: []judge.Verdict{{Check: "c", Status: judge.Skipped, Message: "of itself"}}}) {
		t.Error("what was not tried is right")
	}
	want := []string{
		`     the solution: check "a": fail: wrong`,
		`     also/x.go: check "a": fail: wrong`,
		`     also/y.go: check "c": skipped: of itself`,
		`     not proven here (tier ): "b" could not be checked on also/x.go, the solution`,
		`       nobody can tell`,
	}
	if got := p.Lines()[1:]; !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}
