package speedup

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"lockstep/mp/trace"
)

// Programs whose figures are known on paper.
func TestLogicalOnPaper(t *testing.T) {
	pipeline := func(items int) []trace.Event { // three stages, one unit of work each per item
		tp := newTape()
		tp.begin("0")
		for _, c := range names(3) {
			tp.start("0", c, 20, 0)
		}
		for range items {
			tp.work("0.1", 10*ms)
			tp.send("0.1", "0#1a", 31)
			tp.recv("0.2", "0#1b", 41)
			tp.work("0.2", 10*ms)
			tp.send("0.2", "0#2a", 43)
			tp.recv("0.3", "0#2b", 51)
			tp.work("0.3", 10*ms)
		}
		for _, c := range names(3) {
			tp.exit(c)
		}
		for _, c := range names(3) {
			tp.join("0", c, 23)
		}
		tp.exit("0")
		return tp.events
	}
	pingPong := func() []trace.Event {
		tp := newTape()
		tp.begin("0")
		tp.start("0", "0.1", 20, 0)
		for range 5 {
			tp.work("0", 20*ms)
			tp.send("0", "0#1a", 21)
			tp.recv("0.1", "0#1b", 11)
			tp.work("0.1", 20*ms)
			tp.send("0.1", "0#1b", 12)
			tp.recv("0", "0#1a", 22)
		}
		tp.exit("0.1")
		tp.join("0", "0.1", 23)
		tp.exit("0")
		return tp.events
	}
	semaphore := func() []trace.Event { // four workers, two places
		tp := newTape()
		tp.begin("0")
		tp.at("0", 19, trace.Event{Kind: trace.New, Object: "0#1", Method: "semaphore", Size: 2})
		for _, c := range names(4) {
			tp.start("0", c, 20, 0)
		}
		take := func(c string) { tp.at(c, 31, trace.Event{Kind: trace.Acquire, Object: "0#1"}) }
		free := func(c string) {
			tp.work(c, 100*ms)
			tp.at(c, 33, trace.Event{Kind: trace.Release, Object: "0#1"})
			tp.exit(c)
		}
		take("0.1")
		take("0.2")
		free("0.1")
		take("0.3")
		free("0.2")
		take("0.4")
		free("0.3")
		free("0.4")
		tp.exit("0")
		return tp.events
	}
	// Four readers side by side, then one that writes alone.
	readers := func() []trace.Event {
		tp := newTape()
		tp.begin("0")
		for _, c := range names(4) {
			tp.start("0", c, 20, 0)
		}
		for _, c := range names(4) {
			tp.at(c, 31, trace.Event{Kind: trace.Lock, Object: "0#1", Method: "rwlock.rlock"})
		}
		for _, c := range names(4) {
			tp.work(c, 100*ms)
			tp.at(c, 32, trace.Event{Kind: trace.Unlock, Object: "0#1", Method: "rwlock.runlock"})
		}
		for _, c := range names(4) {
			tp.at(c, 33, trace.Event{Kind: trace.Lock, Object: "0#1", Method: "rwlock.lock"})
			tp.work(c, 25*ms)
			tp.at(c, 34, trace.Event{Kind: trace.Unlock, Object: "0#1", Method: "rwlock.unlock"})
			tp.exit(c)
		}
		tp.exit("0")
		return tp.events
	}
	barrier := func() []trace.Event { // 100 and 20 ms, then 20 and 100: the longest of each round counts
		tp := newTape()
		tp.begin("0")
		for _, c := range names(2) {
			tp.start("0", c, 20, 0)
		}
		tp.work("0.1", 100*ms)
		tp.work("0.2", 20*ms)
		for _, c := range names(2) {
			tp.at(c, 30, trace.Event{Kind: trace.Wait, Method: "barrier.wait", Object: "0#1"})
		}
		tp.child("0.1", 20*ms)
		tp.child("0.2", 100*ms)
		tp.exit("0")
		return tp.events
	}
	// Who waits for all of a queue has to wait for the longest, whoever is the last that is told.
	queue := func() []trace.Event {
		tp := newTape()
		tp.begin("0")
		for _, c := range names(3) {
			tp.start("0", c, 20, 0)
		}
		i := len(tp.events)
		tp.at("0", 21, trace.Event{Kind: trace.Wait, Method: "queue.wait", Object: "0#1"})
		for n, c := range names(3) {
			tp.work(c, []time.Duration{100 * ms, 20 * ms, 20 * ms}[n])
			tp.at(c, 31, trace.Event{Kind: trace.Notify, Method: "queue.done", Object: "0#1"})
			tp.exit(c)
		}
		tp.events[i].Leave = tp.now
		tp.work("0", 100*ms)
		tp.exit("0")
		return tp.events
	}
	// One process computes, tells another by what is named, and that one computes.
	told := func(wait, tell trace.Event) []trace.Event {
		tp := newTape()
		tp.begin("0")
		tp.start("0", "0.1", 20, 0)
		tp.start("0", "0.2", 20, 0)
		lock := func(proc string) {
			if wait.Key != "" {
				tp.lock(proc, wait.Key, 30)
			}
		}
		unlock := func(proc string) {
			if wait.Key != "" {
				tp.unlock(proc, wait.Key, 33)
			}
		}
		lock("0.1")
		i := len(tp.events)
		tp.at("0.1", 31, wait)
		lock("0.2")
		tp.work("0.2", 100*ms)
		tp.at("0.2", 32, tell)
		unlock("0.2")
		tp.exit("0.2")
		tp.events[i].Leave = tp.now
		tp.work("0.1", 100*ms)
		unlock("0.1")
		tp.exit("0.1")
		tp.exit("0")
		return tp.events
	}
	manager := func() []trace.Event { // each call takes the server 10 ms, whoever calls
		tp := newTape()
		tp.begin("0")
		for _, c := range names(4) {
			tp.start("0", c, 20, 0)
		}
		for _, c := range names(4) {
			for range 5 {
				e := tp.at(c, 31, trace.Event{Kind: trace.Call, Object: "0#1", Method: "dict.set"})
				tp.rest(10 * ms)
				e.Leave = tp.now
			}
			tp.exit(c)
		}
		tp.exit("0")
		return tp.events
	}
	tests := []struct {
		name        string
		events      []trace.Event
		workers     int
		work        time.Duration
		parallelism float64 // work / span
		speedup     float64 // on as many cores as workers
	}{
		{"perfectly parallel", fan(0, 100*ms, 100*ms, 100*ms, 100*ms), 4, 400 * ms, 4, 4},
		{"ten children on four cores", fan(0, slicesOf(10, 40*ms)...), 4, 400 * ms, 10, 4},
		{"serial", oneByOne(4, 100*ms), 4, 400 * ms, 1, 1},
		{"half serial", fan(200*ms, 50*ms, 50*ms, 50*ms, 50*ms), 4, 400 * ms, 1.6, 1.6},
		{"one long child", fan(0, 81*ms, 7*ms, 6*ms, 6*ms), 4, 100 * ms, 100.0 / 81, 100.0 / 81},
		{"one long task", pooled(4, append([]time.Duration{81 * ms}, slicesOf(19, ms)...)...), 4, 100 * ms, 100.0 / 81, 100.0 / 81},
		{"equal tasks", pooled(4, slicesOf(20, 10*ms)...), 4, 200 * ms, 4, 4},
		{"calls", called(4, 20, slicesOf(20, 10*ms)...), 4, 200 * ms, 4, 4},
		{"four calls at a time", called(4, 4, slicesOf(20, 10*ms)...), 4, 200 * ms, 4, 4},
		{"two calls at a time", called(4, 2, slicesOf(20, 10*ms)...), 4, 200 * ms, 2, 2},
		{"pool of one", pooled(1, slicesOf(20, 10*ms)...), 4, 200 * ms, 1, 1},
		{"lock held for all of the work", locked(4, 5, 20*ms, 0), 4, 400 * ms, 1, 1},
		{"lock-bound", locked(4, 1, 94*ms, 6*ms), 4, 400 * ms, 400.0 / 382, 400.0 / 382},
		{"lock held for a quarter", locked(4, 50, 1*ms, 3*ms), 4, 800 * ms, 800.0 / 203, 800.0 / 203},
		{"pipeline of three stages", pipeline(20), 3, 600 * ms, 600.0 / 220, 600.0 / 220},
		{"ping-pong", pingPong(), 2, 200 * ms, 1, 1},
		{"semaphore with two places", semaphore(), 4, 400 * ms, 2, 2},
		{"readers and writers", readers(), 4, 500 * ms, 2.5, 2.5},
		{"barrier", barrier(), 2, 240 * ms, 1.2, 1.2},
		{"all of a queue", queue(), 3, 240 * ms, 1.2, 1.2},
		{"event", told(trace.Event{Kind: trace.Wait, Object: "0#1", Method: "event.wait"}, trace.Event{Kind: trace.Notify, Object: "0#1", Method: "event.set"}), 2, 200 * ms, 1, 1},
		{"condition", told(trace.Event{Kind: trace.Wait, Object: "0#1", Method: "cond.wait", Key: "0#2"}, trace.Event{Kind: trace.Notify, Object: "0#1", Method: "cond.signal"}), 2, 200 * ms, 1, 1},
		{"event of others", told(trace.Event{Kind: trace.Wait, Object: "0#1", Method: "event.wait", Outcome: trace.Timeout}, trace.Event{Kind: trace.Notify, Object: "0#1", Method: "event.set"}), 2, 200 * ms, 2, 2},
		{"end of file", told(trace.Event{Kind: trace.Recv, Object: "0#1a", Outcome: trace.EOF}, trace.Event{Kind: trace.Close, Object: "0#1b"}), 2, 200 * ms, 1, 1},
		{"manager", manager(), 4, 200 * ms, 1, 0},
		{"alone", func() []trace.Event {
			tp := newTape()
			tp.begin("0")
			tp.work("0", 100*ms)
			tp.exit("0")
			return tp.events
		}(), 4, 100 * ms, 1, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			l, err := analyse(test.events, question{workers: test.workers, atLeast: 0.7})
			if err != nil {
				t.Fatal(err)
			}
			near(t, "work", l.Work, test.work.Seconds())
			near(t, "parallelism", l.Parallelism, test.parallelism)
			near(t, "speed-up", l.Speedup, test.speedup)
		})
	}
}

// Whatever a parent comes upon first, and whichever way it goes on, a replay gets to its end.
func TestFirstOfSeveralAtRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 300 {
		tp := newTape()
		tp.begin("0")
		children := names(1 + r.IntN(4))
		left, sent, had := map[string]int{}, map[string]int{}, map[string]int{}
		gone := map[string]bool{}
		here := func(c string) string { return "0#" + c[2:] + "a" }
		for _, c := range children {
			tp.start("0", c, 20, 0)
			left[c] = r.IntN(4)
		}
		for all := slices.Clone(children); len(all) > 0; {
			c := all[r.IntN(len(all))]
			if !gone[c] && r.IntN(2) == 0 { // it goes on
				tp.work(c, time.Duration(1+r.IntN(50))*ms)
				if left[c]--; left[c] < 0 {
					tp.exit(c)
					gone[c] = true
					continue
				}
				tp.send(c, "0#"+c[2:]+"b", 31)
				sent[c]++
				continue
			}
			if had[c] == sent[c] && !gone[c] {
				continue
			}
			for range r.IntN(3) { // once, or without, or again
				var several []string
				for _, x := range all {
					several = append(several, here(x), x)
				}
				what := here(c)
				if gone[c] && r.IntN(2) == 0 {
					what = c
				}
				tp.at("0", 21, trace.Event{Kind: trace.Poll, Method: "any", Object: what, Carries: several})
			}
			e := trace.Event{Kind: trace.Recv, Object: here(c)}
			if had[c]++; had[c] > sent[c] {
				e.Outcome = trace.EOF
				i := slices.Index(all, c)
				all = slices.Delete(all, i, i+1)
			}
			tp.at("0", 22, e)
			tp.work("0", time.Duration(r.IntN(50))*ms)
		}
		tp.exit("0")
		l, err := analyse(tp.events, question{workers: 2, atLeast: 0.7})
		if err != nil {
			t.Fatalf("%v: %+v", err, tp.events)
		}
		near(t, "work", l.Work, tp.now.Seconds())
	}
}

func slicesOf(n int, d time.Duration) []time.Duration {
	list := make([]time.Duration, n)
	for i := range list {
		list[i] = d
	}
	return list
}

// near allows the five per cent that the figures are good for.
func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 0.05*want+1e-9 {
		t.Errorf("%s is %.4g, want %.4g", what, got, want)
	}
}

func TestLogicalPredictsFewerCores(t *testing.T) {
	for _, test := range []struct {
		cores, want float64
	}{{1, 1}, {1.5, 1.5}, {2, 2}, {3, 3}, {8, 4}} {
		l, err := analyse(fan(0, slicesOf(4, 100*ms)...), question{workers: 4, atLeast: 0.7, capacity: test.cores})
		if err != nil {
			t.Fatal(err)
		}
		near(t, "predicted", l.Predicted, test.want)
	}
}

// Work that the reference does not need buys no speed-up.
func TestLogicalCountsTheReferencesWork(t *testing.T) {
	events := fan(0, slicesOf(4, 100*ms)...)
	for _, test := range []struct {
		reference time.Duration
		share     float64 // unobserved
		want      float64
	}{
		{400 * ms, 0, 4}, {350 * ms, 0, 4}, {160 * ms, 0, 2}, {800 * ms, 0, 4},
		// At the moment of the observed run everything took longer.
		{160 * ms, 1.2, 4}, {160 * ms, 1.6, 3.125}, {160 * ms, 2.5, 2}, {160 * ms, 4, 2},
		// What is that short says nothing.
		{16 * ms, 1, 0.2},
	} {
		l, err := analyse(events, question{workers: 4, atLeast: 0.7, reference: test.reference.Seconds(), share: test.share})
		if err != nil {
			t.Fatal(err)
		}
		near(t, "speed-up", l.Speedup, test.want)
	}
}

func TestLogicalSays(t *testing.T) {
	for _, test := range []struct {
		efficiency float64
		want       Status
	}{{0.95, Pass}, {0.74, Pass}, {0.72, NotChecked}, {0.70, NotChecked}, {0.68, NotChecked}, {0.66, Fail}, {0.25, Fail}} {
		l := &Logical{Efficiency: test.efficiency}
		if l.say(0.7); l.Says != test.want {
			t.Errorf("efficiency %.2f says %s, want %s", test.efficiency, l.Says, test.want)
		}
	}
}

// A server that is waited for needs no core, but only when the reference shows
// that there is something to wait for.
func TestWaitingForTheOutside(t *testing.T) {
	tp := newTape()
	tp.begin("0")
	for _, c := range names(3) {
		tp.start("0", c, 20, 0)
	}
	end := tp.now
	for _, c := range names(3) {
		tp.now = 0
		tp.work(c, 2*ms)
		tp.rest(98 * ms)
		tp.exit(c)
		end = max(end, tp.now)
	}
	tp.now = 0
	for _, c := range names(3) {
		tp.join("0", c, 23)
		tp.events[len(tp.events)-1].Leave = end
		tp.now = end
	}
	tp.exit("0")
	l, err := analyse(tp.events, question{workers: 3, atLeast: 0.7, capacity: 1, waiting: 1})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "work", l.Work, 0.3)
	near(t, "parallelism", l.Parallelism, 3)
	near(t, "predicted on one core", l.Predicted, 0.3/0.104)
	l, err = analyse(tp.events, question{workers: 3, atLeast: 0.7})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "work without waiting", l.Work, 0.006)
}

// Processor time that a wait takes is not work that comes after it.
func TestSpinningIsNoWork(t *testing.T) {
	events := pooled(4, slicesOf(20, 10*ms)...)
	for i := range events { // the process that maps has looked for results all the time
		if events[i].Proc == "0" && events[i].Kind == trace.Join {
			events[i].CPU += 60 * ms
		}
	}
	l, err := analyse(events, question{workers: 4, atLeast: 0.7})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "speed-up", l.Speedup, 4)
}

// On a busy machine a send may return long after its message was taken. It has
// not waited for room.
func TestLateSendWaitsForNobody(t *testing.T) {
	tp := newTape()
	tp.begin("0")
	tp.start("0", "0.1", 20, 0)
	tp.work("0.1", 10*ms)
	sent := len(tp.events)
	tp.send("0.1", "0#1b", 94)
	tp.rest(5 * ms)
	tp.recv("0", "0#1a", 115)
	tp.rest(5 * ms)
	tp.events[sent].Leave = tp.now
	tp.exit("0.1")
	tp.join("0", "0.1", 120)
	tp.exit("0")
	l, err := analyse(tp.events, question{workers: 2, atLeast: 0.7})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "work", l.Work, 0.01)
}

// Gaps that don't add up to what the reference waits for are not to be trusted.
func TestGapsThatAreNoWaiting(t *testing.T) {
	events := fan(0, slicesOf(3, 2*ms)...)
	q := question{workers: 3, atLeast: 0.7, waiting: 0.98, waited: 0.24}
	l, err := analyse(events, q)
	if err != nil {
		t.Fatal(err)
	}
	if l.Says != NotChecked || l.Why == "" {
		t.Errorf("says %s: %s", l.Says, l.Why)
	}
}

// The parent looks for a result, finds none in time, hands out the work, and computes
// with what comes back; the messages themselves look like what came of a look.
func TestTimedOutGetIsNoMessage(t *testing.T) {
	tp := newTape()
	tp.begin("0")
	tp.start("0", "0.1", 20, 0)
	tp.at("0", 21, trace.Event{Kind: trace.Recv, Object: "0#1", Result: "false", Outcome: trace.Timeout})
	tp.send("0", "0#2", 22)
	tp.at("0.1", 31, trace.Event{Kind: trace.Recv, Object: "0#2", Result: "EOF"})
	tp.at("0.1", 32, trace.Event{Kind: trace.Send, Object: "0#1", Outcome: trace.Timeout})
	tp.work("0.1", 110*ms)
	tp.send("0.1", "0#1", 33)
	tp.at("0", 23, trace.Event{Kind: trace.Recv, Object: "0#1", Result: "false"})
	tp.exit("0.1")
	tp.work("0", 100*ms)
	tp.exit("0")
	l, err := analyse(tp.events, question{workers: 2, atLeast: 0.7})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "span", l.Span, 0.21)
	near(t, "speed-up", l.Speedup, 1)
}

// What goroutines of one process do side by side has no order: one that waits for a message
// keeps no other from sending.
func TestGoroutinesHaveNoOrder(t *testing.T) {
	tp := newTape()
	tp.begin("0")
	for _, c := range names(2) {
		tp.start("0", c, 20, 0)
	}
	received := len(tp.events)
	tp.recv("0", "0#1a", 22)
	tp.send("0", "0#2a", 23)
	tp.exit("0")
	if _, err := analyse(tp.events, question{workers: 2, atLeast: 0.7}); err != nil {
		t.Errorf("operations in turn: %v", err)
	}
	tp.events[received].Leave = tp.events[received+1].Leave + ms
	if _, err := analyse(tp.events, question{workers: 2, atLeast: 0.7}); err == nil || !strings.Contains(err.Error(), "main.go:23") {
		t.Errorf("operations side by side: %v", err)
	}
}

func TestNoEvents(t *testing.T) {
	if _, err := analyse(nil, question{workers: 2, atLeast: 0.7}); err == nil {
		t.Error("a run without events gave a figure")
	}
}
