package speedup

import (
	"fmt"
	"time"

	"lockstep/mp/trace"
)

const ms = time.Millisecond

// A tape writes the events of a program as one core would run it: whoever is
// named next goes on, so that the order of the calls is the order of the run.
type tape struct {
	now    time.Duration
	cpu    map[string]time.Duration
	op     map[string]int
	events []trace.Event
}

func newTape() *tape {
	return &tape{cpu: map[string]time.Duration{}, op: map[string]int{}}
}

// at writes an operation that is over at once.
func (t *tape) at(proc string, line int, e trace.Event) *trace.Event {
	t.op[proc]++
	e.Proc, e.Op, e.Enter, e.Leave, e.CPU = proc, t.op[proc], t.now, t.now, t.cpu[proc]
	e.Site = trace.Site{File: "main.go", Line: line}
	t.events = append(t.events, e)
	return &t.events[len(t.events)-1]
}

// work lets a process compute.
func (t *tape) work(proc string, d time.Duration) {
	t.now += d
	t.cpu[proc] += d
}

// rest lets time go by.
func (t *tape) rest(d time.Duration) { t.now += d }

func (t *tape) begin(proc string) { t.at(proc, 0, trace.Event{Kind: trace.Begin}) }
func (t *tape) exit(proc string)  { t.at(proc, 0, trace.Event{Kind: trace.Exit}) }

// start starts a child, which costs its parent that much.
func (t *tape) start(parent, child string, line int, cost time.Duration) {
	i := len(t.events)
	t.at(parent, line, trace.Event{Kind: trace.Start, Object: child})
	t.work(parent, cost)
	t.events[i].Leave = t.now
	t.begin(child)
}

func (t *tape) join(parent, child string, line int) {
	t.at(parent, line, trace.Event{Kind: trace.Join, Object: child, Result: "nil"})
}

// child runs a whole child that only computes.
func (t *tape) child(name string, d time.Duration) {
	t.work(name, d)
	t.exit(name)
}

func (t *tape) lock(proc, object string, line int) {
	t.at(proc, line, trace.Event{Kind: trace.Lock, Object: object})
}

func (t *tape) unlock(proc, object string, line int) {
	t.at(proc, line, trace.Event{Kind: trace.Unlock, Object: object})
}

func (t *tape) send(proc, end string, line int) {
	t.at(proc, line, trace.Event{Kind: trace.Send, Object: end})
}

func (t *tape) recv(proc, end string, line int) {
	t.at(proc, line, trace.Event{Kind: trace.Recv, Object: end})
}

func names(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("0.%d", i+1)
	}
	return list
}

// fan is a program whose first process starts children, each with its share of
// work, and joins them afterwards.
func fan(before time.Duration, shares ...time.Duration) []trace.Event {
	t := newTape()
	t.begin("0")
	t.work("0", before)
	children := names(len(shares))
	for _, c := range children {
		t.start("0", c, 20, 0)
	}
	for i, c := range children {
		t.child(c, shares[i])
	}
	for _, c := range children {
		t.join("0", c, 23)
	}
	t.exit("0")
	return t.events
}

// oneByOne joins each child before it starts the next.
func oneByOne(n int, share time.Duration) []trace.Event {
	t := newTape()
	t.begin("0")
	for _, c := range names(n) {
		t.start("0", c, 21, 0)
		t.child(c, share)
		t.join("0", c, 23)
	}
	t.exit("0")
	return t.events
}

// locked has workers that compute with and without the lock, in rounds.
func locked(n, rounds int, with, without time.Duration) []trace.Event {
	t := newTape()
	t.begin("0")
	for _, c := range names(n) {
		t.start("0", c, 20, 0)
	}
	for _, c := range names(n) {
		for range rounds {
			t.lock(c, "0#1", 31)
			t.work(c, with)
			t.unlock(c, "0#1", 33)
			t.work(c, without)
		}
		t.exit(c)
	}
	for _, c := range names(n) {
		t.join("0", c, 23)
	}
	t.exit("0")
	return t.events
}

// pooled runs a map on a pool. All tasks are done by the first worker, as may
// happen on a busy machine; the others did nothing.
func pooled(workers int, tasks ...time.Duration) []trace.Event {
	t := newTape()
	t.begin("0")
	for _, c := range names(workers) {
		i := len(t.events)
		t.start("0", c, 15, 0)
		t.events[i].Name = poolWorker
	}
	m := len(t.events)
	t.at("0", 16, trace.Event{Kind: trace.Map, Object: "0#1", Name: "square"})
	for i, d := range tasks {
		k := len(t.events)
		t.at("0.1", 9, trace.Event{Kind: trace.Task, Object: "0.1", Name: "square", Index: i})
		t.work("0.1", d)
		t.events[k].Leave = t.now
	}
	t.events[m].Leave = t.now
	for _, c := range names(workers) {
		t.exit(c)
		t.join("0", c, 17)
	}
	t.exit("0")
	return t.events
}

// called gives a pool calls of Go, of which so many are pending at a time. The first worker
// makes them all.
func called(workers, pending int, tasks ...time.Duration) []trace.Event {
	t := newTape()
	t.begin("0")
	for _, c := range names(workers) {
		i := len(t.events)
		t.start("0", c, 15, 0)
		t.events[i].Name = poolWorker
	}
	get := func(i int) {
		k := len(t.events)
		t.at("0.1", 9, trace.Event{Kind: trace.Task, Object: "0.1", Name: "square", Index: i})
		t.work("0.1", tasks[i])
		t.events[k].Leave = t.now
		t.at("0", 17, trace.Event{Kind: trace.Next, Method: "get", Object: "0#1", Name: "square", Index: i})
	}
	for i := range tasks {
		t.at("0", 16, trace.Event{Kind: trace.Map, Method: goes, Object: "0#1", Name: "square", Index: i})
		if i >= pending-1 {
			get(i - pending + 1)
		}
	}
	for i := len(tasks) - pending + 1; i < len(tasks); i++ {
		get(i)
	}
	for _, c := range names(workers) {
		t.exit(c)
		t.join("0", c, 18)
	}
	t.exit("0")
	return t.events
}
