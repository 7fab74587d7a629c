package report

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	"lockstep/grader/internal/explore"
	"lockstep/grader/internal/judge"
	"lockstep/grader/internal/speedup"
	"lockstep/mp/trace"
)

// early is a machine on which a comparison of speed comes to its end before there is
// much to reckon with. What is not set goes well.
type early struct {
	serial, parallel, control, observed speedup.Trial
	probe                               speedup.Probe
}

func (e *early) Serial(context.Context) (speedup.Trial, error)         { return e.serial, nil }
func (e *early) Parallel(context.Context) (speedup.Trial, error)       { return e.parallel, nil }
func (e *early) Control(context.Context) (speedup.Trial, error)        { return e.control, nil }
func (e *early) Standard(context.Context, bool) (speedup.Trial, error) { return e.control, nil }
func (e *early) Observe(context.Context, bool) (speedup.Trial, error)  { return e.observed, nil }
func (e *early) Probe(_ context.Context, k int, window time.Duration) (speedup.Probe, error) {
	p := e.probe
	p.Threads = k
	return p, nil
}

// earlyExits are the ways in which a comparison can end, by what is odd about it.
func earlyExits() map[string]func(*early) {
	fault := func(t *speedup.Trial) { t.Fault = "exit code 2" }
	late := func(t *speedup.Trial) { t.Fault, t.Late = "stopped at the wall limit", true }
	other := func(t *speedup.Trial) { t.Output = []byte("43\n") }
	begins := trace.Event{Proc: "0", Op: 1, Kind: trace.Begin}
	return map[string]func(*early){
		"nothing is odd":                    func(*early) {},
		"another output at once":            func(e *early) { other(&e.parallel) },
		"a fault at once":                   func(e *early) { fault(&e.parallel) },
		"late at once":                      func(e *early) { late(&e.parallel) },
		"late, as the reference is":         func(e *early) { late(&e.parallel); late(&e.control) },
		"the reference is late":             func(e *early) { late(&e.serial) },
		"another output when observed":      func(e *early) { other(&e.observed) },
		"a fault when observed":             func(e *early) { fault(&e.observed) },
		"late when observed":                func(e *early) { late(&e.observed) },
		"no time and no work":               func(e *early) { e.parallel.Wall, e.parallel.CPU = 0, 0 },
		"no time, and another output":       func(e *early) { e.parallel.Wall = 0; other(&e.parallel) },
		"the reference used no processor":   func(e *early) { e.serial.CPU = 0 },
		"nobody used the processor":         func(e *early) { e.serial.CPU, e.parallel.CPU = 0, 0 },
		"work is left out":                  func(e *early) { e.parallel.CPU = e.serial.CPU / 10 },
		"slow":                              func(e *early) { e.parallel.Wall = 2 * e.serial.Wall },
		"slow, as the reference is":         func(e *early) { e.parallel.Wall, e.control.Wall = 2*e.serial.Wall, 2*e.serial.Wall },
		"a probe that did nothing":          func(e *early) { e.probe = speedup.Probe{} },
		"a probe without processor time":    func(e *early) { e.probe.CPU = 0 },
		"a probe with very little":          func(e *early) { e.probe.CPU, e.probe.Work = 1, 1 },
		"one event":                         func(e *early) { e.observed.Events = []trace.Event{begins} },
		"events without any time":           func(e *early) { e.observed.Events = fanOf(0, 0) },
		"events of no work":                 func(e *early) { e.observed.Events = fanOf(time.Second, 0) },
		"events of a long time":             func(e *early) { e.observed.Events = fanOf(24*time.Hour, 24*time.Hour) },
		"events of no work, another output": func(e *early) { e.observed.Events = fanOf(0, 0); other(&e.parallel) },
		"events in which nobody ends":       func(e *early) { e.observed.Events = fanOf(time.Second, time.Second)[:3] },
		"events that wait for each other": func(e *early) {
			e.observed.Events = []trace.Event{begins, {Proc: "0", Op: 2, Kind: trace.Lock, Object: "0#1"}, {Proc: "0", Op: 3, Kind: trace.Lock, Object: "0#1"}}
		},
		"events of a pool that does nothing": func(e *early) {
			e.observed.Events = []trace.Event{begins, {Proc: "0", Op: 2, Kind: trace.Map, Object: "0#1"}, {Proc: "0.1", Op: 1, Kind: trace.Begin}, {Proc: "0.1", Op: 2, Kind: trace.Task, Object: "0#1"}}
		},
	}
}

// fanOf are the events of a process and two children, each of which takes that long
// and computes that much.
func fanOf(wall, cpu time.Duration) []trace.Event {
	return []trace.Event{
		{Proc: "0", Op: 1, Kind: trace.Begin},
		{Proc: "0", Op: 2, Kind: trace.Start, Object: "0.1", Name: "work"},
		{Proc: "0", Op: 3, Kind: trace.Start, Object: "0.2", Name: "work"},
		{Proc: "0", Op: 4, Kind: trace.Join, Object: "0.1", Leave: wall},
		{Proc: "0", Op: 5, Kind: trace.Exit, Enter: wall, Leave: wall},
		{Proc: "0.1", Op: 1, Kind: trace.Begin},
		{Proc: "0.1", Op: 2, Kind: trace.Exit, Enter: wall, Leave: wall, CPU: cpu},
		{Proc: "0.2", Op: 1, Kind: trace.Begin},
		{Proc: "0.2", Op: 2, Kind: trace.Exit, Enter: wall, Leave: wall, CPU: cpu},
	}
}

// TestEveryReportCanBeWritten writes what a comparison of speed, and an exploration,
// leave when they end early, in every format.
func TestEveryReportCanBeWritten(t *testing.T) {
	writes := func(t *testing.T, v judge.Verdict) {
		t.Helper()
		v.Check, v.Max = "a check", 4
		if _, err := json.Marshal(v); err != nil {
			t.Fatal(err)
		}
		r := New([]judge.Result{{Exercise: "15-lock-less", Title: "Lock less", Status: v.Status, Max: 4, Checks: []judge.Verdict{v}}})
		fits(t, r)
		for _, f := range formats {
			text := written(t, r, f.write)
			if bytes.Contains(text, []byte("NaN")) || bytes.Contains(text, []byte("Inf")) {
				t.Errorf("%s: %s", f.name, text)
			}
			if f.schema != "" {
				validate(t, f.schema, text)
			}
		}
		for name, write := range map[string]func(*Report, io.Writer) error{
			"json": (*Report).WriteJSON, "html": (*Report).WriteHTML, "trace": (*Report).WriteTrace,
			"text": func(r *Report, w io.Writer) error { return r.WriteTerminal(w, Style{Width: 80}) },
		} {
			if text := string(written(t, r, write)); strings.Contains(text, "NaN") || strings.Contains(text, "Inf ") {
				t.Errorf("%s: %s", name, text)
			}
		}
	}
	for name, odd := range earlyExits() {
		t.Run(name, func(t *testing.T) {
			one := speedup.Trial{Wall: time.Second, CPU: time.Second, Output: []byte("42\n")}
			all := speedup.Trial{Wall: time.Second / 2, CPU: time.Second, Output: []byte("42\n")}
			e := &early{serial: one, parallel: all, control: all, observed: all, probe: speedup.Probe{Work: 1000, CPU: time.Second, Wall: time.Second}}
			odd(e)
			now := time.Time{}
			report, err := speedup.Run(t.Context(), speedup.Request{
				Runner: e, Workers: 2, AtLeast: 0.7, Budget: time.Minute,
				Now: func() time.Time { now = now.Add(time.Second); return now },
			})
			if err != nil {
				t.Fatal(err)
			}
			writes(t, judge.Verdict{Status: judge.Fail, Speedup: report, Message: report.Summary})
		})
	}
	for name, report := range map[string]*explore.Report{
		"nothing was run":  {Outcome: explore.Tested},
		"one that differs": {Outcome: explore.NotDeterministic, Runs: 1, Difference: &explore.Difference{}},
		"a bare failure":   {Outcome: explore.Failed, Failures: []explore.Failure{{}}},
		"a replay of none": {Outcome: explore.Tested, Replayed: &explore.Replay{}},
	} {
		t.Run(name, func(t *testing.T) {
			writes(t, judge.Verdict{Status: judge.Fail, Interleavings: report})
		})
	}
}
