package judge

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/build"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/plan"
	"lockstep/grader/internal/script"
	"lockstep/grader/internal/submission"
)

// job is an exercise of three checks: the second needs the first, the third is hidden.
func job() plan.Job {
	return plan.Job{Exercise: &exercise.Exercise{
		ID: "01-first", Title: "First", Points: 6,
		Hints: []string{"one", "two"},
		Checks: []exercise.Check{
			{Name: "a", Points: 3, Stdout: new(string), Hint: exercise.Hint{Any: []int{2}}},
			{Name: "b", Points: 2, Needs: []string{"a"}},
			{Name: "c", Points: 1, Hidden: true},
		},
	}}
}

func passed() *script.Record {
	return &script.Record{Claims: []script.Claim{{Subject: "exit", Holds: true}}}
}

func failed(want, got string) *script.Record {
	return &script.Record{
		Runs:   []script.Execution{{Line: "program 3", Observation: &box.Observation{}}},
		Claims: []script.Claim{{Subject: "stdout", Outcome: exercise.OfStdout, Want: want, Got: got, Whole: true}},
	}
}

var built = &build.Program{Plain: "/p"}

// hiding is a record whose last run hides memory.
func hiding(r *script.Record) *script.Record {
	r.Runs = append(r.Runs, script.Execution{Observation: &box.Observation{Uncounted: "process 7 hides its descriptors"}})
	return r
}

func TestJudge(t *testing.T) {
	records := func(a, b, c *script.Record) map[string]*script.Record {
		all := map[string]*script.Record{}
		for name, r := range map[string]*script.Record{"a": a, "b": b, "c": c} {
			if r != nil {
				all[name] = r
			}
		}
		return all
	}
	tests := map[string]struct {
		facts  Facts
		status Status
		points int
		checks string // "name:status …"
		first  string // part of the first message that is not empty
	}{
		"all pass": {
			Facts{Program: built, Records: records(passed(), passed(), passed())},
			Pass, 6, "a:pass b:pass c:pass", "",
		},
		"a failure skips what needs it": {
			Facts{Program: built, Records: records(failed("3\n", "2\n"), nil, passed())},
			Fail, 1, "a:fail b:skipped c:pass", "stdout: expected 3, seen 2",
		},
		"a hidden failure does not tell its input": {
			Facts{Program: built, Records: records(passed(), passed(), failed("3\n", "2\n"))},
			Fail, 5, "a:pass b:pass c:fail", "for an input that is not shown",
		},
		"a machine that can't tell loses no exercise": {
			Facts{Program: built, Records: records(passed(), passed(), &script.Record{Unseen: "one core"})},
			NotChecked, 5, "a:pass b:pass c:not checked", "one core",
		},
		"a strict reader takes no result that a machine can't tell": {
			Facts{Program: built, Records: records(passed(), passed(), &script.Record{Unseen: "one core"}), Strict: true},
			Error, 5, "a:pass b:pass c:error", "not checked, which --strict does not take: one core",
		},
		"memory that could not be added up is no pass": {
			Facts{Program: built, Records: records(passed(), passed(), hiding(passed()))},
			NotChecked, 5, "a:pass b:pass c:not checked", "process 7 hides its descriptors",
		},
		"work that may be another's is no pass": {
			Facts{Program: built, Records: records(passed(), passed(), &script.Record{
				Runs:   []script.Execution{{Observation: &box.Observation{Unheld: "it opened a socket for datagrams"}}},
				Claims: passed().Claims,
			})},
			NotChecked, 5, "a:pass b:pass c:not checked", "whether the work is its own: it opened a socket for datagrams",
		},
		"nor is it in one of the interleavings": {
			Facts{Program: built, Records: records(passed(), passed(), &script.Record{Untold: "whether the work is its own: by datagrams", Claims: passed().Claims})},
			NotChecked, 5, "a:pass b:pass c:not checked", "by datagrams",
		},
		"what is wrong is wrong, whatever its memory": {
			Facts{Program: built, Records: records(hiding(failed("3\n", "2\n")), nil, passed())},
			Fail, 1, "a:fail b:skipped c:pass", "stdout: expected 3, seen 2",
		},
		"a broken grader is nobody's failure": {
			Facts{Program: built, Records: records(passed(), &script.Record{Broken: errors.New("no memory")}, failed("3\n", "2\n"))},
			Error, 3, "a:pass b:error c:fail", "the grader broke: no memory",
		},
		"a check that was never tried": {
			Facts{Program: built, Records: records(passed(), nil, passed())},
			Error, 4, "a:pass b:error c:pass", "never tried",
		},
		"refused": {
			Facts{Refused: []submission.Problem{{File: "main.go", Line: 4, Text: "no"}}},
			Fail, 0, "builds:fail a:skipped b:skipped c:skipped", "no",
		},
		"refused as a whole": {
			Facts{Refused: []submission.Problem{{File: "exercises/01-first/main.go", Text: "is not text"}}},
			Fail, 0, "builds:fail a:skipped b:skipped c:skipped", "main.go: is not text",
		},
		"does not compile": {
			Facts{Program: &build.Program{Errors: []string{"main.go:7:2: undefined: x"}}},
			Fail, 0, "builds:fail a:skipped b:skipped c:skipped", "does not compile",
		},
		"the grader could not build": {
			Facts{Broken: errors.New("no go command")},
			Error, 0, "builds:error a:error b:error c:error", "no go command",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			test.facts.Job = job()
			r := Judge(test.facts).Tell(time.Now(), "")
			var checks []string
			first := ""
			for _, v := range r.Checks {
				checks = append(checks, v.Check+":"+string(v.Status))
				if first == "" {
					first = v.Message
				}
				if v.Status != Pass && v.Points != 0 {
					t.Errorf("%s is %s and has %d points", v.Check, v.Status, v.Points)
				}
				if v.Hidden && len(v.Evidence) > 0 {
					t.Errorf("hidden %s shows %v", v.Check, v.Evidence)
				}
			}
			if r.Status != test.status || r.Points != test.points || strings.Join(checks, " ") != test.checks || !strings.Contains(first, test.first) {
				t.Errorf("got %s, %d points, %s, %q", r.Status, r.Points, strings.Join(checks, " "), first)
			}
		})
	}
}

// A result says how slow the machine was when its checks were tried, and no earlier.
func TestStretched(t *testing.T) {
	slow := passed()
	slow.Stretched = 7
	r := Judge(Facts{Job: job(), Program: built, Records: map[string]*script.Record{"a": passed(), "b": slow, "c": passed()}})
	if r.Status != Pass || r.Stretched != 7 || r.Checks[0].Stretched != 0 || r.Checks[1].Stretched != 7 {
		t.Errorf("got %+v", r)
	}
	known := map[string]Verdict{"b": {Check: "b", Status: Pass, Cached: true, Stretched: 7}}
	program := *built
	program.Stretched = 3
	if r := Judge(Facts{Job: job(), Program: &program, Known: known, Records: map[string]*script.Record{"a": passed(), "c": passed()}}); r.Stretched != 3 {
		t.Errorf("got %+v", r)
	}
}

func TestHintIsTheChecksOwn(t *testing.T) {
	r := Judge(Facts{Job: job(), Program: built, Records: map[string]*script.Record{"a": failed("x\n", ""), "c": passed()}})
	if r.Checks[0].Hint != "two" {
		t.Errorf("got %q", r.Checks[0].Hint)
	}
}

// What was decided earlier stands, and what it does not decide is asked for again.
func TestKnown(t *testing.T) {
	known := map[string]Verdict{"a": {Check: "a", Status: Pass, Points: 3, Max: 3, Cached: true}}
	if _, ok := Recall(job(), known); ok {
		t.Error("b and c are open")
	}
	r := Judge(Facts{Job: job(), Program: built, Known: known, Records: map[string]*script.Record{"b": passed(), "c": passed()}})
	if r.Status != Pass || r.Points != 6 || !r.Checks[0].Cached || r.Checks[1].Cached || r.Unchanged() {
		t.Errorf("got %+v", r)
	}
	// A failure decides what needs it.
	known = map[string]Verdict{"a": {Check: "a", Status: Fail, Max: 3, Cached: true}, "c": {Check: "c", Status: Pass, Points: 1, Max: 1, Cached: true}}
	if r, ok := Recall(job(), known); !ok || r.Status != Fail || r.Points != 1 || !r.Unchanged() {
		t.Errorf("got %+v", r)
	}
	if _, ok := Recall(job(), nil); ok {
		t.Error("nothing is known")
	}
}

func TestPictures(t *testing.T) {
	run := func(line string) script.Execution {
		return script.Execution{Line: line, Observation: &box.Observation{Processes: []box.Process{{PID: 1}}}}
	}
	records := map[string]*script.Record{
		"a": {Runs: []script.Execution{run("program 3"), run("program 3"), run("program 3"), run("program 4")}, Claims: []script.Claim{{Holds: true}, {Run: 1, Subject: "stdout"}}},
		"c": {Runs: []script.Execution{run("program 5")}},
	}
	r := Judge(Facts{Job: job(), Program: built, Records: records, Pictures: true}).Tell(time.Now(), "")
	if got := r.Checks[0].Pictures; len(got) != 2 || got[0].Line != "program 3" || got[1].Line != "program 4" {
		t.Errorf("of three runs that are the same and one that is not: %+v", got)
	}
	if got := r.Checks[2].Pictures; len(got) != 0 {
		t.Errorf("a hidden check is drawn: %+v", got)
	}
	if r := Judge(Facts{Job: job(), Program: built, Records: records}); len(r.Checks[0].Pictures) != 0 {
		t.Error("nobody asked for pictures")
	}
}

// TestBonus adds points beside the exercise's, and takes none: only a grader that broke
// counts against it.
func TestBonus(t *testing.T) {
	for name, test := range map[string]struct {
		record *script.Record
		status Status
		points int
	}{
		"got":     {passed(), Pass, 7},
		"not got": {failed("3\n", "2\n"), Pass, 5},
		"open":    {&script.Record{Unseen: "this machine can't tell"}, Pass, 5},
		"broke":   {&script.Record{Broken: errors.New("no")}, Error, 5},
	} {
		j := plan.Job{Exercise: &exercise.Exercise{Points: 5, Checks: []exercise.Check{{Name: "a", Points: 5}, {Name: "b", Points: 2, Bonus: true}}}}
		r := Judge(Facts{Job: j, Program: built, Records: map[string]*script.Record{"a": passed(), "b": test.record}})
		if r.Status != test.status || r.Points != test.points || r.Max != 5 || r.Checks[1].Max != 0 || r.Checks[1].Bonus != 2 {
			t.Errorf("%s: got %+v", name, r)
		}
	}
}

// TestTogether adds up what the cases of a check got.
func TestTogether(t *testing.T) {
	v := func(of string, s Status, points, most int) Verdict {
		return Verdict{Check: of + ": x", Of: of, Status: s, Points: points, Max: most}
	}
	all := []Verdict{
		v("a", Pass, 1, 1), v("a", NotChecked, 0, 2), v("b", Pass, 2, 2), v("b", Fail, 0, 3), v("b", NotChecked, 0, 1), v("c", Skipped, 0, 1), v("c", Skipped, 0, 1), v("d", Skipped, 0, 1), v("d", Pass, 1, 1),
	}
	for check, want := range map[string]string{"a": "not checked 1/3", "b": "fail 2/6", "c": "skipped 0/2", "d": "fail 1/2"} {
		if got := Together(all, check); fmt.Sprintf("%s %s", got.Status, got.Score()) != want || got.Name() != check {
			t.Errorf("%s: got %+v, want %s", check, got, want)
		}
	}
	if got := all[0].Name(); got != "x" {
		t.Errorf("a case is called %q", got)
	}
}
