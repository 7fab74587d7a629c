package speedup

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"lockstep/mp/trace"
)

// A model is a program's run, taken apart into what each process computed and
// what it waited for, so that it can be replayed on other machines than the one
// that it ran on.
type model struct {
	procs  []*process // the first process is first, then by name
	byName map[string]int

	tokens int            // things that happen once: a child's start, its end, a message
	things map[string]int // locks, semaphores, managers, by their identity
	permit map[int]int    // a semaphore's free places at the beginning
	pools  []*pool
}

// A process is the list of what one process does, in its own order.
type process struct {
	name  string
	steps []step
	pool  int // the pool that it works for; -1: none
	begin int // token: its parent has started it; -1: nobody has
	end   int // token: it has ended
	next  int // pool workers: how many steps come before the first task
}

// A pool's tasks are given to whichever worker is free: on a busy machine one
// worker may have done them all, which says nothing about the program.
type pool struct {
	order []*mapping
}

type mapping struct {
	tasks [][]step
	sites []trace.Site
	done  int // token: all tasks are done
	pool  int
}

// A step is one thing that a process does. Only compute and pause take time of
// their own.
type step struct {
	act  action
	cost float64 // seconds
	why  cause
	id   int // token, thing or pool
	task *mapping
	kind trace.Kind
	site trace.Site
}

type action uint8

const (
	compute action = iota // needs a core
	pause                 // needs none: sleeping, or waiting for the outside
	give                  // a token
	await                 // a token
	lock
	unlock
	serve // a manager's call: cost is the server's time, one call after another
	take  // a semaphore's place
	leave // … is given back
	submit
)

// cause says what a stretch of time is spent for.
type cause uint8

const (
	working  cause = iota
	starting       // the parent's part of starting a child
	waking         // a child's time before its target runs
	sleeping
	outside // waiting for what no event tells: a server, a disk
	serving
)

// conditions are what a trace can't tell about the machine that it was made on.
type conditions struct {
	// share is the part of a core that one of the workers could get, from the
	// probes; 0 means a whole one. Time that neither computing at that share nor
	// an event explains was spent waiting for the outside.
	share float64
	// waits says that the reference waits for the outside, so that gaps are waiting
	// and not a queue for a core.
	waits bool
}

// newModel takes a run's events apart.
func newModel(events []trace.Event, c conditions) (*model, error) {
	if len(events) == 0 {
		return nil, fmt.Errorf("cannot reason about a run without events")
	}
	by := byProcess(events)
	m := &model{byName: map[string]int{}, things: map[string]int{}, permit: map[int]int{}}
	names := slices.SortedFunc(maps.Keys(by), compareProc)
	for i, name := range names {
		m.byName[name] = i
		m.procs = append(m.procs, &process{name: name, pool: -1, begin: -1, end: m.token()})
	}
	l := m.link(by, names)
	for i, name := range names {
		m.compile(i, by[name], l, c)
	}
	return m, nil
}

// byProcess gives each process its own events, in its own order.
func byProcess(events []trace.Event) map[string][]trace.Event {
	by := map[string][]trace.Event{}
	for _, e := range events {
		by[e.Proc] = append(by[e.Proc], e)
	}
	for _, own := range by {
		slices.SortFunc(own, func(a, b trace.Event) int { return cmp.Compare(a.Op, b.Op) })
	}
	return by
}

func (m *model) token() int { m.tokens++; return m.tokens - 1 }

func (m *model) thing(name string) int {
	id, ok := m.things[name]
	if !ok {
		id = len(m.things)
		m.things[name] = id
	}
	return id
}

// lists goes through all lists of steps: those of the processes, and of the tasks.
func (m *model) lists() iter.Seq[[]step] {
	return func(yield func([]step) bool) {
		for _, p := range m.procs {
			if !yield(p.steps) {
				return
			}
		}
		for _, p := range m.pools {
			for _, w := range p.order {
				for _, t := range w.tasks {
					if !yield(t) {
						return
					}
				}
			}
		}
	}
}

// compareProc orders "0" < "0.1" < "0.1.1" < "0.2" < "0.10".
func compareProc(a, b string) int {
	return slices.CompareFunc(strings.Split(a, "."), strings.Split(b, "."), func(x, y string) int {
		return cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(x, y))
	})
}

// compile writes the steps of one process.
func (m *model) compile(index int, events []trace.Event, l *links, c conditions) {
	p := m.procs[index]
	p.begin = l.begin[p.name]
	if work, ok := l.worker[p.name]; ok {
		p.pool = work
	}
	if p.begin >= 0 {
		p.add(step{act: await, id: p.begin, kind: trace.Begin})
		p.add(step{act: compute, cost: events[0].CPU.Seconds(), why: waking, kind: trace.Begin, site: events[0].Site})
	}
	if p.pool >= 0 {
		// What it does before its first task is its own; the tasks themselves
		// went to the pool's queue.
		first := slices.IndexFunc(events, func(e trace.Event) bool { return e.Kind == trace.Task })
		if first < 0 {
			first = len(events)
		}
		for i := range first {
			p.steps = m.operation(p.steps, events, i, l, c)
		}
		p.next = len(p.steps)
		for i := first; i < len(events); {
			end := i + 1
			for end < len(events) && events[end].Kind != trace.Task && events[end].Kind != trace.Exit {
				end++
			}
			if events[i].Kind == trace.Task {
				var steps []step
				for j := i; j < end; j++ {
					steps = m.operation(steps, events, j, l, c)
				}
				w := l.maps[at{p.name, events[i].Op}]
				w.tasks = append(w.tasks, steps)
				w.sites = append(w.sites, events[i].Site)
			}
			i = end
		}
		return
	}
	for i := range events {
		p.steps = m.operation(p.steps, events, i, l, c)
	}
	if events[len(events)-1].Kind != trace.Exit {
		p.add(step{act: give, id: p.end})
	}
}

func (p *process) add(s step) { p.steps = append(p.steps, s) }

// operation adds the steps of event i and of what follows it until the next.
func (m *model) operation(steps []step, events []trace.Event, i int, l *links, c conditions) []step {
	e := events[i]
	add := func(s step) {
		s.kind, s.site = e.Kind, e.Site
		steps = append(steps, s)
	}
	used, elapsed := time.Duration(0), time.Duration(0) // after the operation, until the next one
	if i+1 < len(events) {
		used = max(0, events[i+1].CPU-e.CPU)
		elapsed = max(0, events[i+1].Enter-e.Leave)
	}
	for _, t := range l.arrives[at{e.Proc, e.Op}] {
		add(step{act: give, id: t})
	}
	// A condition gives its lock back while it waits.
	held, holds := 0, false
	if e.Kind == trace.Wait && strings.HasPrefix(e.Method, "cond") {
		held, holds = lastHeld(steps)
	}
	if holds {
		add(step{act: unlock, id: held})
	}
	for _, t := range l.awaits[at{e.Proc, e.Op}] {
		add(step{act: await, id: t})
	}
	if holds {
		add(step{act: lock, id: held})
	}
	switch e.Kind {
	case trace.Start:
		// Starting costs the parent time before the child runs; that is not work.
		cost := min(e.Leave-e.Enter, used)
		used -= cost
		add(step{act: compute, cost: cost.Seconds(), why: starting})
	case trace.Lock:
		add(step{act: lock, id: m.thing(e.Object)})
	case trace.TryLock:
		if e.Result == "true" {
			add(step{act: lock, id: m.thing(e.Object)})
		}
	case trace.Unlock:
		add(step{act: unlock, id: m.thing(e.Object)})
	case trace.Acquire:
		if e.Result != "false" {
			add(step{act: take, id: m.thing(e.Object)})
		}
	case trace.Release:
		add(step{act: leave, id: m.thing(e.Object)})
	case trace.Call:
		add(step{act: serve, id: m.thing(e.Object), cost: l.service[call{e.Object, e.Method}].Seconds(), why: serving})
	case trace.Sleep:
		// An observer may have let the sleeper go on at once.
		slept := e.Leave - e.Enter
		if d, err := time.ParseDuration(e.Arg); err == nil {
			slept = max(slept, d)
		}
		add(step{act: pause, cost: slept.Seconds(), why: sleeping})
	case trace.Map:
		add(step{act: submit, task: l.maps[at{e.Proc, e.Op}]})
	case trace.Task:
		elapsed = max(0, e.Leave-e.Enter) // the task is inside the operation
		if i+1 < len(events) {
			elapsed = min(elapsed, events[i+1].Enter-e.Enter)
		}
	}
	for _, t := range l.gives[at{e.Proc, e.Op}] {
		add(step{act: give, id: t})
	}
	if e.Kind == trace.Exit {
		add(step{act: give, id: m.procs[m.byName[e.Proc]].end})
	}
	add(step{act: compute, cost: used.Seconds(), why: working})
	if wait := c.waiting(used, elapsed); wait > 0 {
		add(step{act: pause, cost: wait.Seconds(), why: outside})
	}
	return steps
}

// lastHeld returns the lock that was taken last and is still held.
func lastHeld(steps []step) (id int, ok bool) {
	free := map[int]int{}
	for _, s := range slices.Backward(steps) {
		switch s.act {
		case unlock:
			free[s.id]++
		case lock:
			if free[s.id]--; free[s.id] < 0 {
				return s.id, true
			}
		}
	}
	return 0, false
}

// shortWait is what waking up on a busy machine may take without any waiting
// for the outside.
const shortWait = 5 * time.Millisecond

// waiting estimates how much of a stretch of real time was spent neither
// computing nor queueing for a core.
func (c conditions) waiting(used, elapsed time.Duration) time.Duration {
	if !c.waits {
		return 0
	}
	share := c.share
	if share <= 0 || share > 1 {
		share = 1
	}
	wait := elapsed - time.Duration(float64(used)/share)
	if wait < shortWait || wait < elapsed/2 {
		return 0
	}
	return wait
}
