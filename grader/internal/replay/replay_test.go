package replay

import (
	"strings"
	"testing"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/explore"
	"lockstep/grader/internal/grading"
	"lockstep/grader/internal/plan"
)

// All that fails is counted by what goes wrong, and each is shown by the interleaving that
// is easiest to understand.
func TestKinds(t *testing.T) {
	e := &exercise.Exercise{ID: "10-counts", Checks: []exercise.Check{{Name: "counts"}}}
	a := Asked{Task: grading.Task{Job: plan.Job{Exercise: e}}, exercise: e}
	found := &explore.Report{Failing: 7, Seed: 1, Failures: []explore.Failure{
		{Title: "lost update: seen 2", Schedule: "0.1", Count: 1},
		{Title: "deadlock: a and b wait", Schedule: "0.2", Count: 1},
		{Title: "lost update: seen 2", Schedule: "0.3", Count: 3},
		{Title: "lost update: seen 1", Schedule: "0.4", Count: 1},
	}}
	var out strings.Builder
	if !a.found(&out, found) {
		t.Error("that is no failure")
	}
	_, got, _ := strings.Cut(out.String(), "\n\n")
	const want = `what goes wrong, in how many interleavings, and the command that shows one:
   4  lost update: seen 2
      make replay EX=10 SCHEDULE=0.1
   1  deadlock: a and b wait
      make replay EX=10 SCHEDULE=0.2
   1  lost update: seen 1
      make replay EX=10 SCHEDULE=0.4
and 3 more
`
	if got != want {
		t.Errorf("got\n%s", out.String())
	}
	out.Reset()
	if found.Failures = found.Failures[:1]; !a.found(&out, found) || strings.Contains(out.String(), "goes wrong, in") {
		t.Errorf("of one alone:\n%s", out.String())
	}
}
