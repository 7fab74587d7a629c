package speedup

import (
	"slices"
	"strings"
	"time"

	"lockstep/mp/trace"
)

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
		if waitsInside(e.Kind) {
			used = min(used, elapsed) // more than that was used while it waited
		}
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

// waitsInside says whether an operation only waits, so that processor time used in
// it went into looking again and again, or into handing out tasks that others do
// meanwhile: nothing that comes after it.
func waitsInside(k trace.Kind) bool {
	switch k {
	case trace.Lock, trace.Join, trace.Map, trace.Next, trace.Take, trace.Acquire, trace.Wait, trace.Poll:
		return true
	}
	return false
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

// waiting estimates how much of a stretch of real time was spent waiting for the
// outside. Queueing for a core is counted too: see analyse, which compares the
// sum with what the reference waits.
func (c conditions) waiting(used, elapsed time.Duration) time.Duration {
	if !c.waits {
		return 0
	}
	wait := elapsed - used
	if wait < shortWait || wait < elapsed/2 {
		return 0
	}
	return wait
}
