package speedup

import (
	"fmt"
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
	// Workers take parts of 10 ms from one pipe, the first of them more than the others, until
	// there are no more. How they learn of that, and what goes on beside, differs.
	type way int
	const (
		byEOF       way = iota
		byMark          // a message for each that is no part
		byNumber        // each takes just so many
		held            // a lock, while receiving and computing
		heldAtFirst     // … but not at the end
		asked           // the parent sends a part when it has had the result of the one before
		byTimeout       // nothing has come for long
	)
	shared := func(how way, took ...int) []trace.Event {
		tp := newTape()
		tp.begin("0")
		crew := names(len(took))
		for _, c := range crew {
			tp.start("0", c, 20, 0)
		}
		n := 0
		for i, c := range crew {
			for range took[i] {
				if n++; how == asked && n > 1 {
					tp.recv("0", "0#3a", 22)
				}
				tp.send("0", "0#1a", 21)
				if how == held || how == heldAtFirst {
					tp.lock(c, "0#2", 30)
				}
				tp.at(c, 31, trace.Event{Kind: trace.Recv, Object: "0#1b", Result: fmt.Sprint("part ", n)})
				tp.work(c, 10*ms)
				tp.send(c, "0#3b", 32)
				if how == held || how == heldAtFirst {
					tp.unlock(c, "0#2", 33)
				}
			}
		}
		for range crew {
			if how == byMark {
				tp.send("0", "0#1a", 23)
			}
		}
		tp.at("0", 24, trace.Event{Kind: trace.Close, Object: "0#1a"})
		for _, c := range crew {
			switch how {
			case byNumber:
			case held:
				tp.lock(c, "0#2", 30)
				tp.at(c, 31, trace.Event{Kind: trace.Recv, Object: "0#1b", Outcome: trace.EOF})
				tp.unlock(c, "0#2", 33)
			case byMark:
				tp.at(c, 31, trace.Event{Kind: trace.Recv, Object: "0#1b", Result: "none"})
			case byTimeout:
				tp.at(c, 31, trace.Event{Kind: trace.Recv, Object: "0#1b", Outcome: trace.Timeout})
			case byEOF, asked, heldAtFirst:
				tp.at(c, 31, trace.Event{Kind: trace.Recv, Object: "0#1b", Outcome: trace.EOF})
			}
			tp.exit(c)
			tp.join("0", c, 25)
		}
		tp.exit("0")
		return tp.events
	}
	// Two workers take parts from a pipe, are told that it was the last, and joined; then two
	// more do: nobody works for both.
	phases := func() []trace.Event {
		tp := newTape()
		tp.begin("0")
		for _, pair := range [][]string{{"0.1", "0.2"}, {"0.3", "0.4"}} {
			for i, c := range pair {
				tp.start("0", c, 20, 0)
				for n := range 7 - 6*i {
					tp.send("0", "0#1a", 21)
					tp.at(c, 31, trace.Event{Kind: trace.Recv, Object: "0#1b", Result: fmt.Sprint(c, n)})
					tp.work(c, 10*ms)
				}
			}
			for _, c := range pair {
				tp.send("0", "0#1a", 23)
				tp.at(c, 31, trace.Event{Kind: trace.Recv, Object: "0#1b", Result: "none"})
				tp.exit(c)
			}
			for _, c := range pair {
				tp.join("0", c, 25)
			}
		}
		tp.exit("0")
		return tp.events
	}
	// Workers count a value up under its lock, or down, and compute 10 ms for each number, the
	// first of them more than the others.
	const (
		upTo     = iota // … and set it once more than there are numbers
		downTo          // … and look first whether there is one left
		justMany        // … each just so many times
		whole           // … and give the lock back when they have computed
		astray          // … and one of them is late with setting it
	)
	counted := func(how int, took ...int) []trace.Event {
		tp := newTape()
		tp.begin("0")
		crew, n, step := names(len(took)), 0, 1
		for i, c := range crew {
			tp.start("0", c, 20, 0)
			n += took[i]
		}
		value := func(proc string, kind trace.Kind, line, n int) {
			e := trace.Event{Kind: kind, Object: "0#1", Index: -1, Result: fmt.Sprint(n)}
			if kind == trace.Set {
				e.Arg, e.Result = e.Result, ""
			}
			tp.at(proc, line, e)
		}
		if how == downTo {
			step = -1
		} else {
			n = 0
		}
		for i, c := range crew {
			for k := range took[i] {
				tp.lock(c, "0#2", 30)
				if how == downTo {
					value(c, trace.Get, 31, n)
				}
				value(c, trace.Get, 32, n)
				n += step
				if value(c, trace.Set, 33, n); how == astray && k == 0 {
					n = i
				}
				if how == whole {
					tp.work(c, 10*ms)
				}
				if tp.unlock(c, "0#2", 34); how != whole {
					tp.work(c, 10*ms)
				}
			}
			value("0", trace.Get, 40, n) // the parent shows how far they are
		}
		for _, c := range crew {
			if how != justMany {
				tp.lock(c, "0#2", 30)
				if how == downTo {
					value(c, trace.Get, 31, n)
				} else {
					value(c, trace.Get, 32, n)
					n++
					value(c, trace.Set, 33, n)
				}
				tp.unlock(c, "0#2", 34)
			}
			tp.exit(c)
			tp.join("0", c, 25)
		}
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
	// The parent works on each answer as it comes, and here the one that takes longer has come
	// first: with a core for each the other does.
	several := func(closes bool) []trace.Event {
		tp := newTape()
		tp.begin("0")
		for _, c := range names(2) {
			tp.start("0", c, 20, 0)
		}
		ends := []string{"0#1a", "0#2a"}
		wait := func() int {
			tp.at("0", 21, trace.Event{Kind: trace.Poll, Method: "any", Object: ends[0], Carries: ends})
			return len(tp.events) - 1
		}
		for n, c := range names(2) {
			i := wait()
			tp.work(c, []time.Duration{150 * ms, 20 * ms}[n])
			tp.send(c, "0#"+c[2:]+"b", 31)
			tp.exit(c)
			tp.events[i].Leave = tp.now
			tp.recv("0", ends[0], 22)
			if closes {
				wait()
				tp.at("0", 22, trace.Event{Kind: trace.Recv, Object: ends[0], Outcome: trace.EOF})
			}
			tp.work("0", 80*ms)
			ends = ends[1:]
		}
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
		{"parts", shared(byEOF, 13, 1, 1, 1), 4, 160 * ms, 4, 4},
		{"parts, all by one", shared(byEOF, 16, 0, 0, 0), 4, 160 * ms, 4, 4},
		{"parts and marks", shared(byMark, 13, 1, 1, 1), 4, 160 * ms, 4, 4},
		{"parts and patience", shared(byTimeout, 13, 1, 1, 1), 4, 160 * ms, 4, 4},
		{"just so many parts", shared(byNumber, 13, 1, 1, 1), 4, 160 * ms, 160.0 / 130, 160.0 / 130},
		{"parts under a lock", shared(held, 13, 1, 1, 1), 4, 160 * ms, 1, 1},
		{"parts under a lock but for the end", shared(heldAtFirst, 13, 1, 1, 1), 4, 160 * ms, 1, 1},
		{"one part at a time", shared(asked, 13, 1, 1, 1), 4, 160 * ms, 1, 1},
		{"parts in two phases", phases(), 4, 160 * ms, 2, 2},
		{"numbers", counted(upTo, 13, 1, 1, 1), 4, 160 * ms, 4, 4},
		{"numbers, all by one", counted(upTo, 16, 0, 0, 0), 4, 160 * ms, 4, 4},
		{"numbers down to none", counted(downTo, 13, 1, 1, 1), 4, 160 * ms, 4, 4},
		{"just so many numbers", counted(justMany, 13, 1, 1, 1), 4, 160 * ms, 160.0 / 130, 160.0 / 130},
		{"numbers under a lock", counted(whole, 13, 1, 1, 1), 4, 160 * ms, 1, 1},
		{"numbers with a lost update", counted(astray, 13, 1, 1, 1), 4, 160 * ms, 160.0 / 130, 160.0 / 130},
		{"first of several", several(false), 3, 330 * ms, 330.0 / 230, 330.0 / 230},
		{"first of several, and their ends", several(true), 3, 330 * ms, 330.0 / 230, 330.0 / 230},
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

// Whoever took which part of a pipe, the figures are the same.
func TestPartsAtRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 300 {
		workers, parts, marks, locks := names(2+r.IntN(3)), slicesOf(1+r.IntN(20), 0), r.IntN(2) == 0, r.IntN(3)
		for i := range parts {
			parts[i] = time.Duration(1+r.IntN(50)) * ms
		}
		run := func(who func(part int) string) *analysis {
			tp := newTape()
			tp.begin("0")
			for _, c := range workers {
				tp.start("0", c, 20, ms)
			}
			for i, cost := range parts {
				tp.work("0", ms)
				tp.send("0", "0#1a", 21)
				c := who(i)
				tp.at(c, 31, trace.Event{Kind: trace.Recv, Object: "0#1b", Result: fmt.Sprint(i)})
				for lock := range locks {
					tp.lock(c, fmt.Sprint("0#5", lock), 33)
					tp.work(c, cost/10)
					tp.unlock(c, fmt.Sprint("0#5", lock), 33)
				}
				tp.work(c, cost)
				tp.send(c, "0#3b", 32)
			}
			for _, c := range workers {
				end := trace.Event{Kind: trace.Recv, Object: "0#1b", Outcome: trace.EOF}
				if marks {
					tp.send("0", "0#1a", 23)
					end = trace.Event{Kind: trace.Recv, Object: "0#1b", Result: "none"}
				}
				tp.at(c, 31, end)
				tp.exit(c)
			}
			for range parts {
				tp.recv("0", "0#3a", 22)
			}
			tp.exit("0")
			a, err := analyse(tp.events, question{workers: len(workers), atLeast: 0.7, capacity: 1.5})
			if err != nil {
				t.Fatalf("%v: %+v", err, tp.events)
			}
			return a
		}
		one := run(func(part int) string { return workers[part%len(workers)] })
		other := run(func(int) string { return workers[r.IntN(len(workers))] })
		near(t, "work", other.Work, one.Work)
		near(t, "speed-up", other.Speedup, one.Speedup)
		near(t, "parallelism", other.Parallelism, one.Parallelism)
		near(t, "predicted", other.Predicted, one.Predicted)
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
