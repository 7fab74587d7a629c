package report

import (
	"testing"
	"time"

	"lockstep/grader/internal/judge"
	"lockstep/mp/trace"
)

// Counts that differ are told before times that may differ by chance, and the check in
// which they differ most is named.
func TestBeside(t *testing.T) {
	// run is one process that locks n times, each for so long.
	run := func(n int, held time.Duration) []judge.Picture {
		at := time.Duration(0)
		event := func(k trace.Kind) trace.Event {
			e := trace.Event{Proc: "0", Kind: k, Object: "0#1", Index: -1, Enter: at, Leave: at}
			return e
		}
		events := []trace.Event{event(trace.Begin)}
		for range n {
			events = append(events, event(trace.Lock))
			at += held
			events = append(events, event(trace.Unlock))
		}
		events = append(events, event(trace.Exit))
		for i := range events {
			events[i].Op = i + 1
		}
		return []judge.Picture{{Line: "program", Events: events}}
	}
	same := "They start as many processes, make about as many operations and take about as long."
	for name, test := range map[string]struct {
		yours, ours [2][]judge.Picture
		want        string
	}{
		"alike":          {[2][]judge.Picture{run(10, 10), run(10, 10)}, [2][]judge.Picture{run(10, 40), run(10, 3)}, same},
		"no pictures":    {[2][]judge.Picture{}, [2][]judge.Picture{run(10, 40)}, same},
		"more work":      {[2][]judge.Picture{run(10, 10), run(100, 1)}, [2][]judge.Picture{run(10, 10), run(10, 10)}, `In "b" yours makes 202 operations of mp, the course's 22.`},
		"held for long":  {[2][]judge.Picture{run(10, time.Millisecond)}, [2][]judge.Picture{run(10, 100*time.Microsecond)}, `In "a" yours holds locks for 10 ms in all, the course's for 1 ms.`},
		"not the course": {[2][]judge.Picture{run(10, 10)}, [2][]judge.Picture{run(40, 10)}, `In "a" yours makes 22 operations of mp, the course's 82.`},
	} {
		result := func(p [2][]judge.Picture) judge.Result {
			return judge.Result{Checks: []judge.Verdict{{Check: "a", Pictures: p[0]}, {Check: "b", Pictures: p[1]}}}
		}
		if got := Beside(result(test.yours), result(test.ours)); got != test.want {
			t.Errorf("%s: %s", name, got)
		}
	}
}
