package judge

import (
	"slices"
	"testing"

	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/explore"
	"lockstep/grader/internal/script"
	"lockstep/mp/trace"
)

// A script's schedule is shown again as a key's is.
func TestReplayOfAScript(t *testing.T) {
	script := &exercise.Script{Text: "interleavings -each=claims {{int 2 3}}\n", Calls: []exercise.Call{{Name: "interleavings"}}}
	e := &exercise.Exercise{ID: "10-lost", Checks: []exercise.Check{{Name: "a", Run: &exercise.Run{}}, {Name: "b", Script: script}, {Name: "c", Races: &exercise.Races{}, Run: &exercise.Run{}}}}
	if got, want := ReplayCommand(e, &e.Checks[1], "0.1", 7), "make replay EX=10 SCHEDULE=0.1 SEED=7"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := ReplayCommand(e, &e.Checks[2], "0.1", 7), "make replay EX=10 SCHEDULE=0.1 CHECK='c'"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// What was not explored is not right: it fails where the exercise forbids what kept it
// from being explored, and is open otherwise.
func TestExplored(t *testing.T) {
	lostUpdate := []explore.Failure{{Pattern: "lost update", Title: "lost update: expected 3, seen 2"}}
	idle := script.Claim{Subject: "work", Want: "more", Got: "less"}
	for name, test := range map[string]struct {
		report explore.Report
		claims []script.Claim
		ex     exercise.Exercise
		want   Status
	}{
		"every interleaving was run":            {report: explore.Report{Outcome: explore.Verified}, want: Pass},
		"many were":                             {report: explore.Report{Outcome: explore.Tested}, want: Pass},
		"one fails":                             {report: explore.Report{Outcome: explore.Failed, Failures: lostUpdate}, want: Fail},
		"one fails that could not be held":      {report: explore.Report{Outcome: explore.Failed, Obstacle: explore.Foreigners, Failures: lostUpdate}, want: Fail},
		"two ways under one schedule":           {report: explore.Report{Outcome: explore.NotDeterministic}, want: NotChecked},
		"cut short":                             {report: explore.Report{Outcome: explore.NotExplored}, want: NotChecked},
		"an outcome that nobody knows":          {report: explore.Report{Outcome: "splendid"}, want: NotChecked},
		"goroutines":                            {report: explore.Report{Outcome: explore.NotExplored, Obstacle: explore.Goroutines}, want: NotChecked},
		"goroutines, which are forbidden":       {report: explore.Report{Outcome: explore.NotExplored, Obstacle: explore.Goroutines}, ex: exercise.Exercise{Forbid: []exercise.Name{exercise.Goroutines}}, want: Fail},
		"too many processes":                    {report: explore.Report{Outcome: explore.NotExplored, Obstacle: explore.Processes}, ex: exercise.Exercise{Forbid: []exercise.Name{exercise.Goroutines}}, want: NotChecked},
		"processes without mp":                  {report: explore.Report{Outcome: explore.NotExplored, Obstacle: explore.Foreigners}, want: Fail},
		"processes without mp, as granted":      {report: explore.Report{Outcome: explore.NotExplored, Obstacle: explore.Foreigners}, ex: exercise.Exercise{Imports: []string{"os/exec"}}, want: NotChecked},
		"no mp.Main":                            {report: explore.Report{Outcome: explore.NotExplored, Obstacle: explore.Elsewhere}, want: NotChecked},
		"verified, and the children do nothing": {report: explore.Report{Outcome: explore.Verified}, claims: []script.Claim{idle}, want: Fail},
		"verified, and who knows what the children do": {
			report: explore.Report{Outcome: explore.Verified}, claims: []script.Claim{{Subject: "work", Unseen: true}}, want: NotChecked,
		},
		"one fails, and who knows what the children do": {
			report: explore.Report{Outcome: explore.Failed, Failures: lostUpdate}, claims: []script.Claim{{Subject: "work", Unseen: true}}, want: Fail,
		},
		"not explored, and the children do nothing": {
			report: explore.Report{Outcome: explore.NotExplored, Obstacle: explore.Processes}, claims: []script.Claim{idle}, want: Fail,
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := &exercise.Check{Name: "a", Points: 3, Races: &exercise.Races{}, Run: &exercise.Run{}}
			v := verdict(&test.ex, c, &script.Record{Line: "program 3", Explored: &test.report, Claims: test.claims})
			points := 0
			if test.want == Pass {
				points = 3
			}
			if v.Status != test.want || v.Points != points {
				t.Errorf("got %s with %d points, want %s with %d", v.Status, v.Points, test.want, points)
			}
		})
	}
}

// A verdict points at the process that waits for ever, or else at the step that does the
// damage, and leaves it to a report to lay the run out.
func TestExploredIsShown(t *testing.T) {
	at := func(line int) trace.Site { return trace.Site{File: "main.go", Line: line} }
	steps := []explore.Step{
		{Site: at(3), Notes: []string{"an aside"}}, {Site: at(5), Matters: true}, {Site: at(9), Matters: true, Notes: []string{"overwrites step 2"}},
	}
	for name, test := range map[string]struct {
		report  explore.Report
		forbid  []exercise.Name
		line    int
		message string
	}{
		"a step":      {report: explore.Report{Outcome: explore.Failed, Failures: []explore.Failure{{Title: "first", Steps: steps}, {Title: "second"}}}, line: 9, message: "first"},
		"a wait":      {report: explore.Report{Outcome: explore.Failed, Failures: []explore.Failure{{Title: "first", Steps: steps, Waits: []explore.Wait{{}, {Site: at(20)}}}}}, line: 20, message: "first"},
		"a limit":     {report: explore.Report{Outcome: explore.TimeLimit, Text: "relies", Reliance: &explore.Failure{Steps: steps}}, line: 9, message: "relies"},
		"nothing":     {report: explore.Report{Outcome: explore.NotExplored, Text: "cut short"}, message: "cut short"},
		"other fault": {report: explore.Report{Outcome: explore.NotExplored, Obstacle: explore.Processes, Text: "many"}, forbid: []exercise.Name{exercise.Goroutines}, message: "many"},
		"forbidden":   {report: explore.Report{Outcome: explore.NotExplored, Obstacle: explore.Goroutines, Text: "goroutines"}, forbid: []exercise.Name{exercise.Goroutines}, message: "goroutines, which this exercise forbids"},
	} {
		t.Run(name, func(t *testing.T) {
			c := &exercise.Check{Name: "a", Races: &exercise.Races{}, Run: &exercise.Run{}}
			v := verdict(&exercise.Exercise{Forbid: test.forbid}, c, &script.Record{Line: "program 3", Explored: &test.report})
			laid := slices.IndexFunc(v.Evidence, func(e Evidence) bool { return e.Kind == Timeline && e.Lines == nil })
			if v.Line != test.line || v.Message != test.message || (laid >= 0) != (test.line > 0) || (v.Shown() != nil) != (test.line > 0) {
				t.Errorf("line %d, %q, %+v", v.Line, v.Message, v.Evidence)
			}
		})
	}
}
