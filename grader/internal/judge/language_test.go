package judge

import (
	"testing"

	"lockstep/grader/internal/exercise"
)

// What was found in one language is told in the one that is asked for now; names stay.
func TestKnownInAnotherLanguage(t *testing.T) {
	j := job()
	j.Exercise.Hints = []string{"eins", "zwei"}
	j.Exercise.Checks[0].Title = "A auf Deutsch"
	known := map[string]Verdict{"a": {Check: "a", Status: Fail, Max: 3, Outcome: exercise.OfStdout, Hint: "two", Cached: true}}
	r := Judge(Facts{Job: j, Program: built, Known: known})
	if v := r.Checks[0]; v.Check != "a" || v.Called() != "A auf Deutsch" || v.Hint != "zwei" || !v.Cached {
		t.Errorf("what is known: %+v", v)
	}
	if v := r.Checks[1]; v.Called() != "b" || v.Message != `needs "A auf Deutsch", which did not pass` {
		t.Errorf("what needs it: %+v", v)
	}
}
