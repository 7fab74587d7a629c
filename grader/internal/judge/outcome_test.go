package judge

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"testing"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/explore"
	"lockstep/grader/internal/explore/detect"
	"lockstep/grader/internal/script"
	"lockstep/grader/internal/speedup"
)

// TestOutcomesAreOfThePackages wants what exercise files can tie a hint to to be what the
// packages say that find it out.
func TestOutcomesAreOfThePackages(t *testing.T) {
	for _, test := range []struct {
		file, of string
		left     []string // what is no outcome by itself
		known    []exercise.Outcome
	}{
		{"../explore/detect/pattern.go", "Pattern", []string{string(detect.DataRace)}, slices.Concat([]exercise.Outcome{exercise.OfCrash}, exercise.Stuck, exercise.Interleaved)},
		{"../speedup/speedup.go", "ReasonKind", nil, exercise.Slow},
	} {
		file, err := parser.ParseFile(token.NewFileSet(), test.file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		var said, known []string
		ast.Inspect(file, func(n ast.Node) bool {
			if v, ok := n.(*ast.ValueSpec); ok && v.Type != nil && types.ExprString(v.Type) == test.of {
				name, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				said = append(said, name)
			}
			return true
		})
		said = slices.DeleteFunc(said, func(name string) bool { return slices.Contains(test.left, name) })
		for _, o := range test.known {
			known = append(known, string(o))
		}
		slices.Sort(said)
		slices.Sort(known)
		if !slices.Equal(said, known) {
			t.Errorf("%s names %q, exercise %q", test.file, said, known)
		}
	}
}

// TestOutcome names what failed checks fail by, and which hint is given.
func TestOutcome(t *testing.T) {
	explored := func(f explore.Failure) *explore.Report {
		return &explore.Report{Outcome: explore.Failed, Failures: []explore.Failure{f}}
	}
	claims := func(all ...script.Claim) []script.Claim { return all }
	joined := script.Claim{Outcome: exercise.OfJoined}
	for name, test := range map[string]struct {
		record  script.Record
		outcome exercise.Outcome
		hint    string
	}{
		"the first claim that does not hold": {script.Record{Claims: claims(script.Claim{Outcome: exercise.OfExit, Holds: true}, joined, script.Claim{Outcome: exercise.OfStdout})}, "joined", "join"},
		"the form of what is printed":        {script.Record{Claims: claims(script.Claim{Outcome: exercise.OfForm})}, "form", ""},
		"why it hangs":                       {script.Record{Claims: claims(script.Claim{Outcome: exercise.OfLimit}), Held: explored(explore.Failure{Pattern: detect.SelfDeadlock})}, "lock taken twice", "lock"},
		"nobody knows why it hangs":          {script.Record{Claims: claims(script.Claim{Outcome: "wall limit"})}, "wall limit", ""},
		"why it is slow":                     {script.Record{Speedup: &speedup.Report{Status: speedup.Fail, Reasons: []speedup.Reason{{Kind: speedup.OneWorker}, {Kind: speedup.LockHeld}}}}, "one worker", ""},
		"slow, and nobody knows why":         {script.Record{Speedup: &speedup.Report{Status: speedup.Fail}}, "speedup", ""},
		"output in an interleaving":          {script.Record{Explored: explored(explore.Failure{Pattern: detect.Wrong, Outcome: exercise.OfStdout})}, exercise.Outcome(detect.Wrong), ""},
		"an interleaving":                    {script.Record{Explored: explored(explore.Failure{Pattern: detect.LostUpdate, Outcome: exercise.OfStdout})}, "lost update", "lock"},
		"the form in an interleaving":        {script.Record{Explored: explored(explore.Failure{Pattern: detect.OrderViolation, Outcome: exercise.OfForm})}, "form", ""},
		"another claim in an interleaving":   {script.Record{Explored: explored(explore.Failure{Pattern: detect.Wrong, Outcome: exercise.OfJoined})}, "joined", "join"},
		"the children's work":                {script.Record{Explored: &explore.Report{Outcome: explore.Verified}, Claims: claims(script.Claim{Outcome: exercise.OfWork})}, "work", ""},
	} {
		t.Run(name, func(t *testing.T) {
			j := job()
			j.Exercise.Hints = []string{"lock", "join"}
			j.Exercise.Checks[0].Hint = exercise.Hint{Of: map[exercise.Outcome][]int{"lost update": {1}, "lock taken twice": {1, 2}, "joined": {2}}}
			r := Judge(Facts{Job: j, Program: built, Records: map[string]*script.Record{"a": &test.record, "c": passed()}})
			if v := r.Checks[0]; v.Status != Fail || v.Outcome != test.outcome || v.Hint != test.hint {
				t.Errorf("got %s, %q, hint %q: %s", v.Status, v.Outcome, v.Hint, v.Message)
			}
		})
	}
}
