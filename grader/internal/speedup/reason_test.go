package speedup

import (
	"testing"
	"time"

	"lockstep/mp/trace"
)

func TestReasons(t *testing.T) {
	expensive := func() []trace.Event {
		tp := newTape()
		tp.begin("0")
		for _, c := range names(8) {
			tp.start("0", c, 20, 3*ms)
			tp.child(c, ms)
		}
		for _, c := range names(8) {
			tp.join("0", c, 23)
		}
		tp.exit("0")
		return tp.events
	}
	someEarly := func() []trace.Event {
		tp := newTape()
		tp.begin("0")
		for i, c := range names(5) {
			tp.start("0", c, 21, 0)
			tp.child(c, 100*ms)
			if i < 3 {
				tp.join("0", c, 22)
			}
		}
		tp.join("0", "0.4", 24)
		tp.join("0", "0.5", 24)
		tp.exit("0")
		return tp.events
	}
	sleeper := func() []trace.Event {
		tp := newTape()
		tp.begin("0")
		e := tp.at("0", 12, trace.Event{Kind: trace.Sleep})
		tp.rest(200 * ms)
		e.Leave = tp.now
		for _, c := range names(4) {
			tp.start("0", c, 20, 0)
		}
		for _, c := range names(4) {
			tp.child(c, 50*ms)
			tp.join("0", c, 23)
		}
		tp.exit("0")
		return tp.events
	}
	turns := func() []trace.Event {
		tp := newTape()
		tp.begin("0")
		for _, c := range names(2) {
			tp.start("0", c, 20, 0)
		}
		for range 4 {
			tp.work("0.1", 25*ms)
			tp.send("0.1", "0#1a", 31)
			tp.recv("0.2", "0#1b", 41)
			tp.work("0.2", 25*ms)
			tp.send("0.2", "0#1b", 42)
			tp.recv("0.1", "0#1a", 32)
		}
		for _, c := range names(2) {
			tp.exit(c)
			tp.join("0", c, 23)
		}
		tp.exit("0")
		return tp.events
	}
	gated := func() []trace.Event {
		tp := newTape()
		tp.begin("0")
		tp.at("0", 19, trace.Event{Kind: trace.New, Object: "0#1", Method: "semaphore", Size: 1})
		for _, c := range names(4) {
			tp.start("0", c, 20, 0)
		}
		for _, c := range names(4) {
			tp.at(c, 31, trace.Event{Kind: trace.Acquire, Object: "0#1"})
			tp.work(c, 50*ms)
			tp.at(c, 33, trace.Event{Kind: trace.Release, Object: "0#1"})
			tp.exit(c)
		}
		for _, c := range names(4) {
			tp.join("0", c, 23)
		}
		tp.exit("0")
		return tp.events
	}
	inTurn := func() []trace.Event {
		tp := newTape()
		tp.begin("0")
		for _, c := range names(4) {
			i := len(tp.events)
			tp.start("0", c, 15, 0)
			tp.events[i].Name = poolWorker
		}
		for i, c := range names(4) {
			m := len(tp.events)
			tp.at("0", 16, trace.Event{Kind: trace.Map, Object: "0#1", Name: "square"})
			k := len(tp.events)
			tp.at(c, 9, trace.Event{Kind: trace.Task, Object: c, Name: "square", Index: i})
			tp.work(c, 50*ms)
			tp.events[k].Leave, tp.events[m].Leave = tp.now, tp.now
		}
		for _, c := range names(4) {
			tp.exit(c)
			tp.join("0", c, 17)
		}
		tp.exit("0")
		return tp.events
	}
	// Many tiny children: no one of them does much, and the first process does less.
	tiny := func() []trace.Event {
		tp := newTape()
		tp.begin("0")
		tp.work("0", 10*ms)
		for _, c := range names(100) {
			tp.start("0", c, 20, 3*ms)
			tp.child(c, ms)
			tp.join("0", c, 22)
		}
		tp.exit("0")
		return tp.events
	}
	idleWorkers := func() []trace.Event { return fan(0, 100*ms, 0, 0, 0) }
	alone := func() []trace.Event {
		tp := newTape()
		tp.begin("0")
		tp.work("0", 100*ms)
		tp.exit("0")
		return tp.events
	}
	tests := []struct {
		name   string
		events []trace.Event
		want   string // the first reason; empty: there is none
	}{
		{"perfectly parallel", fan(0, slicesOf(4, 100*ms)...), ""},
		{"joins in the loop", oneByOne(4, 100*ms), "each child is joined before the next starts (main.go:23)"},
		{"some joins in the loop", someEarly(), "3 of 4 times a child is joined before the next starts (main.go:22)"},
		{"lock held", locked(4, 1, 94*ms, 6*ms), "the lock is held for 94 % of the work (main.go:31)"},
		{"lock held shortly", locked(4, 50, 100*time.Microsecond, 3*ms), ""},
		{"unbalanced children", fan(0, 81*ms, 7*ms, 6*ms, 6*ms), "one worker did 81 % of the work (main.go:20)"},
		{"unbalanced tasks", pooled(4, append([]time.Duration{81 * ms}, slicesOf(19, ms)...)...), "one of 20 tasks took 81 % of the time (main.go:9)"},
		{"skewed pool", pooled(4, slicesOf(20, 10*ms)...), ""},
		{"pool of one", pooled(1, slicesOf(20, 10*ms)...), "the pool has one worker (main.go:15)"},
		{"one child", fan(0, 100*ms), "only one worker is started (main.go:20)"},
		{"idle children", idleWorkers(), "one of 4 workers did 100 % of the work (main.go:20)"},
		{"no child", alone(), "the first process does all the work itself"},
		{"starts cost", expensive(), "starting processes took longer than the work (main.go:20)"},
		{"half serial", fan(200*ms, slicesOf(4, 50*ms)...), "the first process does 50 % of the work while no other has any"},
		{"sleeps", sleeper(), "the program sleeps for 200ms (main.go:12)"},
		{"semaphore", gated(), "processes wait for their turn (main.go:31)"},
		{"a task at a time", inTurn(), "the pool of 4 is given one task at a time, which is waited for before the next (main.go:16)"},
		{"a call at a time", called(4, 1, slicesOf(20, 10*ms)...), "the pool of 4 is given one task at a time, which is waited for before the next (main.go:16)"},
		{"calls side by side", called(4, 4, slicesOf(20, 10*ms)...), ""},
		{"unbalanced calls", called(4, 20, append([]time.Duration{81 * ms}, slicesOf(19, ms)...)...), "one of 20 tasks took 81 % of the time (main.go:9)"},
		{"tiny children", tiny(), "starting processes took longer than the work (main.go:20)"},
		{"messages", turns(), "processes wait for each other's messages (main.go:41)"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			l, err := analyse(test.events, question{workers: 4, atLeast: 0.7})
			if err != nil {
				t.Fatal(err)
			}
			reasons := l.explain()
			got := ""
			if len(reasons) > 0 {
				got = reasons[0].Text
			}
			if got != test.want {
				t.Errorf("the first reason is %q, want %q; all: %v", got, test.want, reasons)
			}
		})
	}
}
