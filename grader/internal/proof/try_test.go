package proof

import (
	"reflect"
	"testing"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/judge"
)

// TestTried shows what trials of a program come to: what catches it does so every time,
// and a program that the compiler refuses is none.
func TestTried(t *testing.T) {
	e := &exercise.Exercise{Checks: []exercise.Check{{Name: "a"}, {Name: "b"}}}
	round := func(a, b judge.Status) judge.Result {
		return judge.Result{Checks: []judge.Verdict{{Check: "a", Status: a}, {Check: "b", Status: b}}}
	}
	refused := func(kind judge.Kind) judge.Result {
		return judge.Result{Checks: []judge.Verdict{
			{Check: exercise.Builds, Status: judge.Fail, Evidence: []judge.Evidence{{Kind: kind, Lines: []string{"main.go:1: no"}}}},
			{Check: "a", Status: judge.Skipped}, {Check: "b", Status: judge.Skipped},
		}}
	}
	const pass, fail, open = judge.Pass, judge.Fail, judge.NotChecked
	for _, test := range []struct {
		name   string
		rounds []judge.Result
		want   Tried
	}{
		{"once", []judge.Result{round(pass, fail)}, Tried{Compiles: true, Caught: []string{"b"}}},
		{"each time another", []judge.Result{round(fail, pass), round(pass, fail)}, Tried{Compiles: true}},
		{"one of them each time", []judge.Result{round(fail, fail), round(pass, fail)}, Tried{Compiles: true, Caught: []string{"b"}}},
		{"nobody knows", []judge.Result{round(open, pass), round(open, pass)}, Tried{Compiles: true, Open: []string{"a"}}},
		{"refused", []judge.Result{refused(judge.Refused)}, Tried{Compiles: true, Caught: []string{exercise.Builds}}},
		{"no program", []judge.Result{refused(judge.Compiler)}, Tried{Caught: []string{exercise.Builds}, Compiler: []string{"main.go:1: no"}}},
		{"broken", []judge.Result{{Checks: []judge.Verdict{{Check: "a", Status: judge.Error, Message: "no room"}}}}, Tried{Compiles: true, Broken: "no room"}},
	} {
		if got := tried(e, test.rounds); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %+v, want %+v", test.name, got, test.want)
		}
	}
}
