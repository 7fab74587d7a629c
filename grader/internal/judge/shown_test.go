package judge

import (
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/build"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/explore"
	"lockstep/grader/internal/script"
	"lockstep/grader/internal/speedup"
	"lockstep/mp/trace"
)

// What a verdict says of a claim that does not hold: its line, and the facts in order. A
// hidden check's line names the kind of fault and nothing of the input.
func TestClaimIsShown(t *testing.T) {
	runs := []script.Execution{{Line: "program 3", Observation: &box.Observation{}}, {Line: "program 4", Observation: &box.Observation{}}, {Line: "program 5", Observation: &box.Observation{
		Signals: []box.Sent{{Signal: box.Signal{Number: syscall.SIGINT, Group: true, After: "up"}, PID: 7, At: time.Millisecond}},
	}}}
	for name, test := range map[string]struct {
		claim    script.Claim
		hidden   string
		evidence string // "kind: lines; …"
	}{
		"short output": {
			script.Claim{Subject: "stdout", Outcome: exercise.OfStdout, Want: "1\n", Got: "2\n", Whole: true, Run: 1},
			"the stdout is wrong", "ran: program 4; expected: 1; seen: 2",
		},
		"long output": {
			script.Claim{Subject: "stdout", Want: "a\nb\nc\nd\n", Got: "a\nb\nx\nd\n", Whole: true},
			"the stdout is wrong", "ran: program 3; diff: @@ -1,4 +1,4 @@/ a/ b/-c/+x/ d",
		},
		"no output": {
			script.Claim{Subject: "stdout", Want: "a\nb\n", Whole: true},
			"the stdout is wrong", "ran: program 3; expected: a/b; seen: nothing",
		},
		"of no run": {
			script.Claim{Subject: "exit", Want: "exit 0", Got: "exit 1", Detail: []string{"main: exit 1"}, Said: []string{"stderr: no"}, Run: 3},
			"ends in the wrong way", "expected: exit 0; seen: exit 1; processes: main: exit 1; printed: stderr: no",
		},
		"after a signal": {
			script.Claim{Subject: "exit", Want: "exit 0", Got: "exit 1", Run: 2},
			"ends in the wrong way", `ran: program 5; signals: SIGINT sent to the program and its children (pid 7) after 1ms, once "up" is printed; expected: exit 0; seen: exit 1`,
		},
		"signals":   {script.Claim{Subject: "signals", Want: "one", Got: "none"}, "does not come to where it is sent a signal", "ran: program 3; expected: one; seen: none"},
		"no end":    {script.Claim{Subject: "ended", Want: "an end", Got: "none"}, "does not end within its limits", "ran: program 3; expected: an end; seen: none"},
		"joined":    {script.Claim{Subject: "processes", Outcome: exercise.OfJoined, Want: "all", Got: "one"}, "a child is not joined", "ran: program 3; expected: all; seen: one"},
		"overlap":   {script.Claim{Subject: "processes", Outcome: exercise.OfOverlap, Want: "3", Got: "1"}, "the number of children at the same time is wrong", "ran: program 3; expected: 3; seen: 1"},
		"work":      {script.Claim{Subject: "work", Outcome: exercise.OfWork, Want: "some", Got: "none"}, "the children do not do the work", "ran: program 3; expected: some; seen: none"},
		"processes": {script.Claim{Subject: "processes", Want: "3", Got: "1"}, "the processes are wrong", "ran: program 3; expected: 3; seen: 1"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, hidden := range []bool{false, true} {
				c := &exercise.Check{Name: "a", Points: 3, Hidden: hidden}
				v := verdict(&exercise.Exercise{}, c, &script.Record{Runs: runs, Claims: []script.Claim{{Holds: true}, test.claim}}).Tell(time.Now(), "")
				message, evidence := test.claim.Summary(), test.evidence
				if hidden {
					message, evidence = test.hidden+" for an input that is not shown", ""
				}
				if got := laid(v.Evidence); v.Status != Fail || v.Message != message || got != evidence {
					t.Errorf("hidden %v: %s, %q, %q", hidden, v.Status, v.Message, got)
				}
			}
		})
	}
}

// laid writes evidence down.
func laid(all []Evidence) string {
	var out []string
	for _, e := range all {
		out = append(out, fmt.Sprintf("%s: %s", e.Kind, strings.Join(e.Lines, "/")))
	}
	return strings.Join(out, "; ")
}

// Why it is not known whether a claim holds: the program's doing, or the machine's.
func TestUntold(t *testing.T) {
	for _, test := range []struct {
		claim script.Claim
		want  string
	}{
		{script.Claim{Subject: "work", Unseen: true, Obstacle: explore.Goroutines}, "whether its children do the work can't be told: several goroutines of a process use mp"},
		{script.Claim{Subject: "memory", Unseen: true, Want: "1 MiB", Got: "no count"}, "this machine can't tell: memory: expected 1 MiB, seen no count"},
	} {
		v := verdict(&exercise.Exercise{}, &exercise.Check{}, &script.Record{Claims: []script.Claim{test.claim}})
		if v.Status != NotChecked || v.Message != test.want {
			t.Errorf("%s, %q", v.Status, v.Message)
		}
	}
}

// What was measured comes whole: reasons and the student's line only where it is too slow,
// how it was decided whenever something decided, and claims beside it count.
func TestSpeedupIsShown(t *testing.T) {
	at := func(line int) trace.Site { return trace.Site{File: "main.go", Line: line} }
	reasons := []speedup.Reason{{Text: "joined at once", Site: at(0)}, {Text: "held", Site: at(7)}, {Text: "more", Site: at(9)}}
	idle := script.Claim{Subject: "work", Want: "some", Got: "none"}
	for name, test := range map[string]struct {
		report   speedup.Report
		claims   []script.Claim
		status   Status
		line     int
		evidence string
	}{
		"fast":             {report: speedup.Report{Status: speedup.Pass, Reasons: reasons, Why: "clear", DecidedBy: speedup.ByMeasured}, status: Pass, evidence: "note: decided by the measured times: clear"},
		"slow":             {report: speedup.Report{Status: speedup.Fail, Reasons: reasons}, status: Fail, line: 7, evidence: "ran: program 3; reason: joined at once/held/more"},
		"slow, as it says": {report: speedup.Report{Status: speedup.Fail, Summary: "slow: held", Reasons: reasons[1:2]}, status: Fail, line: 7, evidence: "ran: program 3"},
		"nobody says":      {report: speedup.Report{Status: speedup.NotChecked, Reasons: reasons, Why: "busy", DecidedBy: speedup.ByNothing}, status: NotChecked},
		"idle":             {report: speedup.Report{Status: speedup.Pass}, claims: []script.Claim{idle}, status: Fail, evidence: "ran: program 3; expected: some; seen: none"},
	} {
		t.Run(name, func(t *testing.T) {
			r := &script.Record{Line: "program 3", Runs: []script.Execution{{Line: "program 3", Observation: &box.Observation{}}}, Speedup: &test.report, Claims: test.claims}
			v := verdict(&exercise.Exercise{}, &exercise.Check{Points: 2}, r)
			if got := laid(v.Evidence); v.Status != test.status || v.Line != test.line || got != test.evidence {
				t.Errorf("%s, line %d, %q", v.Status, v.Line, got)
			}
		})
	}
}

// What does not build points at the compiler's first line, and names files beside the work.
func TestBuildIsShown(t *testing.T) {
	program := &build.Program{Errors: []string{"# lockstep/exercises/01", "note: see main.go:x", "helper.go:7:2: undefined: x", "main.go:9:1: more"}}
	for _, test := range []struct {
		untaken []string
		note    string
	}{
		{nil, ""},
		{[]string{"a.go"}, "a.go was not taken: this exercise takes only main.go"},
		{[]string{"a.go", "b.go"}, "a.go, b.go were not taken: this exercise takes only main.go"},
	} {
		f := Facts{Job: job(), Program: program, Untaken: test.untaken}
		f.Job.Exercise.Edit = []string{"main.go"}
		r := Judge(f)
		v := r.Checks[0]
		noted := slices.ContainsFunc(v.Evidence, func(e Evidence) bool { return e.Kind == Note && e.Lines[0] == test.note })
		if r.Built() || v.File != "helper.go" || v.Line != 7 || noted != (test.note != "") || r.NotTaken() != test.note {
			t.Errorf("%s:%d %v %q", v.File, v.Line, v.Evidence, r.NotTaken())
		}
	}
}

// Points that could not be checked leave the total, and only those.
func TestNotCheckedLeavesTheTotal(t *testing.T) {
	r := Judge(Facts{Job: job(), Program: built, Records: map[string]*script.Record{"a": passed(), "b": {Unseen: "one core"}, "c": failed("1", "2")}})
	if r.Points != 3 || r.Max != 4 || r.NotChecked != 2 || !r.Built() {
		t.Errorf("%d of %d, %d not checked", r.Points, r.Max, r.NotChecked)
	}
}

// A result is unchanged when all that was decided was decided earlier.
func TestUnchanged(t *testing.T) {
	cached, fresh, skipped := Verdict{Status: Pass, Cached: true}, Verdict{Status: Pass}, Verdict{Status: Skipped}
	for _, test := range []struct {
		checks []Verdict
		want   bool
	}{
		{[]Verdict{cached, skipped}, true}, {[]Verdict{cached, fresh}, false}, {[]Verdict{skipped}, false}, {nil, false},
	} {
		if got := (Result{Checks: test.checks}).Unchanged(); got != test.want {
			t.Errorf("%v: %v", test.checks, got)
		}
	}
}

// Bytes that are no text are written down; a replacement character that was printed is one.
func TestLegible(t *testing.T) {
	for text, want := range map[string]string{"": "", "10 ≠ 9\n": "10 ≠ 9\n", "a\xffb\xc3": `a\xffb\xc3`, "\ufffd": "\ufffd", "\ufffd\xfe": "\ufffd\\xfe"} {
		if got := legible(text); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// Who needs a check is tried when it passed, now or earlier, or could not be told.
func TestStands(t *testing.T) {
	e := job().Exercise
	c := &e.Checks[0]
	known := func(s Status) map[string]Verdict { return map[string]Verdict{"a": {Status: s}} }
	for name, test := range map[string]struct {
		known  map[string]Verdict
		record *script.Record
		want   bool
	}{
		"passed": {nil, passed(), true}, "failed": {nil, failed("1", "2"), false}, "not tried": {nil, nil, false}, "untold": {nil, &script.Record{Unseen: "one core"}, true},
		"passed earlier": {known(Pass), nil, true}, "failed earlier": {known(Fail), passed(), false},
	} {
		if got := Stands(e, c, test.known, test.record); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
