package speedup

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"lockstep/mp/trace"
)

func draw(list []Lane) string {
	var b strings.Builder
	for _, l := range list {
		fmt.Fprintf(&b, "%s:", l.Proc)
		for _, i := range l.Intervals {
			fmt.Fprintf(&b, " %s %d-%d,", i.State, i.From/ms, i.To/ms)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestLanes(t *testing.T) {
	event := func(proc string, op int, k trace.Kind, object string, enter, leave, cpu time.Duration) trace.Event {
		return trace.Event{Proc: proc, Op: op, Kind: k, Method: map[trace.Kind]string{trace.Call: "dict.set"}[k], Object: object, Enter: enter * ms, Leave: leave * ms, CPU: cpu * ms, Site: trace.Site{File: "main.go", Line: op}}
	}
	for _, test := range []struct {
		name   string
		events []trace.Event
		want   string
	}{
		{"lock and join", []trace.Event{
			event("0", 1, trace.Begin, "", 0, 0, 0),
			event("0", 2, trace.Start, "0.1", 1, 2, 1),
			event("0", 3, trace.Join, "0.1", 2, 22, 2),
			event("0", 4, trace.Exit, "", 23, 23, 3),
			event("0.1", 1, trace.Begin, "", 4, 4, 1),
			event("0.1", 2, trace.Lock, "0#1", 5, 15, 2),
			event("0.1", 3, trace.Unlock, "0#1", 20, 20, 7),
			event("0.1", 4, trace.Exit, "", 21, 21, 8),
		}, "0: running 0-2, waiting to join 2-22, running 22-23,\n" +
			"0.1: starting 1-4, running 4-5, waiting for a lock 5-15, running 15-21, ended, not joined yet 21-22,\n"},
		{"messages, sleep, manager", []trace.Event{
			event("0", 1, trace.Begin, "", 0, 0, 0),
			event("0", 2, trace.Recv, "0#1a", 1, 11, 1),
			event("0", 3, trace.Sleep, "", 12, 22, 2),
			event("0", 4, trace.Call, "0#2", 23, 24, 3),
			event("0", 5, trace.Acquire, "0#3", 24, 30, 3),
			event("0", 6, trace.Exit, "", 31, 31, 4),
		}, "0: running 0-1, waiting for a message 1-11, running 11-12, sleeping 12-22, running 22-23, waiting for a manager 23-24, waiting for an event 24-30, running 30-31,\n"},
		{"pool", []trace.Event{
			event("0", 1, trace.Begin, "", 0, 0, 0),
			event("0", 2, trace.Map, "0#1", 1, 31, 1),
			event("0.1", 1, trace.Begin, "", 0, 0, 0),
			event("0.1", 2, trace.Task, "0.1", 2, 10, 0),
			event("0.1", 3, trace.Task, "0.1", 15, 30, 8),
			event("0.1", 4, trace.Exit, "", 33, 33, 23),
		}, "0: running 0-1, waiting for a task 1-31,\n" +
			"0.1: running 0-10, waiting for a task 10-15, running 15-30, waiting for a task 30-33,\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := draw(lanes(test.events)); got != test.want {
				t.Errorf("drew\n%swant\n%s", got, test.want)
			}
		})
	}
}

// A program with very many waits is drawn coarser, not cut off.
func TestLanesStaySmall(t *testing.T) {
	tp := newTape()
	tp.begin("0")
	for range 20000 {
		e := tp.at("0", 31, trace.Event{Kind: trace.Lock, Object: "0#1"})
		tp.rest(100 * time.Microsecond)
		e.Leave = tp.now
		tp.work("0", 100*time.Microsecond)
		tp.unlock("0", "0#1", 33)
	}
	tp.exit("0")
	l := lanes(tp.events)[0]
	if len(l.Intervals) > laneLimit || l.To != tp.now {
		t.Errorf("%d intervals up to %v, want at most %d up to %v", len(l.Intervals), l.To, laneLimit, tp.now)
	}
}
