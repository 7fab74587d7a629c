package judge

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/explore"
	"lockstep/grader/internal/explore/detect"
	"lockstep/grader/internal/script"
)

// TestOutcomesNameEveryPattern wants the mistakes that exercise files can tie a hint to to
// be those that package detect names.
func TestOutcomesNameEveryPattern(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "explore", "detect", "pattern.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var patterns []string
	ast.Inspect(file, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok {
			name, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			if p := detect.Pattern(name); p != detect.DataRace { // never a failure
				patterns = append(patterns, name)
			}
		}
		return true
	})
	known := []string{string(exercise.OfCrash)}
	for _, o := range slices.Concat(exercise.Stuck, exercise.Interleaved) {
		known = append(known, string(o))
	}
	slices.Sort(patterns)
	slices.Sort(known)
	if !slices.Equal(patterns, known) {
		t.Errorf("detect names %q, exercise %q", patterns, known)
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
		"nobody knows why it hangs":          {script.Record{Claims: claims(script.Claim{Outcome: exercise.OfLimit})}, "limit", ""},
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
