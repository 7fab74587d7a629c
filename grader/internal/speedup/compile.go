package speedup

import (
	"slices"
	"time"

	"lockstep/mp/trace"
)

// compile writes the steps of one process. What a pool's worker does before its first
// task is its own; then it is free for tasks, until all maps are over.
func (m *model) compile(p *process, events []*op, waits bool) {
	if p.begin >= 0 {
		p.steps = append(p.steps, step{act: await, id: p.begin},
			step{act: compute, cost: events[0].CPU.Seconds(), why: waking, kind: trace.Begin, site: events[0].Site})
	}
	if p.pool == nil {
		for i := range events {
			p.steps = m.operation(p.steps, events, i, waits)
		}
		p.steps = append(p.steps, step{act: give, id: p.end})
		return
	}
	own := p // the worker, then its tasks
	end := func() {
		if own != p {
			own.steps = append(own.steps, step{act: leave, id: p.pool.id}, step{act: give, id: own.end})
		}
	}
	for i, e := range events {
		if e.Kind == trace.Exit {
			break
		}
		if e.Kind == trace.Task {
			end()
			w := e.job
			own = &process{site: e.Site, begin: w.begin, end: m.token(), steps: []step{{act: await, id: w.begin}, {act: take, id: p.pool.id, kind: trace.Task}}}
			w.tasks = append(w.tasks, own)
		}
		own.steps = m.operation(own.steps, events, i, waits)
	}
	end()
	p.steps = append(p.steps, step{act: leave, id: p.pool.id})
	for _, w := range p.pool.maps {
		p.steps = append(p.steps, step{act: await, id: w.done})
	}
	p.steps = append(p.steps, step{act: give, id: p.end})
}

// operation adds the steps of event i and of what follows it until the next.
func (m *model) operation(steps []step, events []*op, i int, waits bool) []step {
	e := *events[i]
	if e.Kind == trace.TryLock {
		e.Kind = trace.Lock // the same, where it had its time
	}
	kind := e.Kind
	if e.Operation().Has(trace.Any) {
		kind = trace.Recv // of whatever comes first
	}
	add := func(s step) {
		s.kind, s.site = kind, e.Site
		steps = append(steps, s)
	}
	all := func(a action, tokens []int) {
		for _, t := range tokens {
			add(step{act: a, id: t})
		}
	}
	used, elapsed := time.Duration(0), time.Duration(0) // after the operation, until the next one
	if i+1 < len(events) {
		used = max(0, events[i+1].CPU-e.CPU)
		elapsed = max(0, events[i+1].Enter-e.Leave)
		if slices.Contains(waitsInside, e.Kind) {
			used = min(used, elapsed) // more than that was used while it waited
		}
	}
	ended := func(w *mapping) {
		for _, t := range w.tasks {
			add(step{act: await, id: t.end})
		}
	}
	all(give, e.arrives)
	condition := e.Kind == trace.Wait && e.Operation().On == trace.OnCond
	if condition { // it gives its lock back while it waits
		add(step{act: leave, id: m.thing(e.Key, 1), all: true})
	}
	all(await, e.awaits)
	if condition {
		steps = append(steps, step{act: take, id: m.thing(e.Key, 1), all: true, kind: trace.Lock, site: e.Site})
	}
	switch e.Kind {
	case trace.Lock, trace.Acquire, trace.Unlock, trace.Release:
		s := step{act: take, all: e.Kind == trace.Lock || e.Kind == trace.Unlock}
		if e.Kind == trace.Unlock || e.Kind == trace.Release {
			s.act = leave
		}
		places := 1
		if o := e.Operation(); o.On == trace.OnRWLock {
			places, s.all = manyReaders, !o.Has(trace.Shares)
		}
		if s.id = m.thing(e.Object, places); e.Outcome != trace.Timeout {
			add(s)
		}
	case trace.Start:
		// Starting costs the parent time before the child runs; that is not work.
		cost := min(e.Leave-e.Enter, used)
		used -= cost
		add(step{act: compute, cost: cost.Seconds(), why: starting})
	case trace.Call:
		add(step{act: take, id: m.thing(e.Object, 1)})
		add(step{act: pause, cost: m.service[[2]string{e.Object, e.Method}].Seconds(), why: serving})
		add(step{act: leave, id: m.thing(e.Object, 1)})
	case trace.Sleep:
		add(step{act: pause, cost: (e.Leave - e.Enter).Seconds(), why: sleeping})
	case trace.Map:
		add(step{act: give, id: e.job.begin})
		if e.Method != goes {
			ended(e.job)
		}
		add(step{act: give, id: e.job.done})
	case trace.Next:
		if e.job != nil {
			ended(e.job)
		}
	case trace.Task:
		elapsed = max(0, e.Leave-e.Enter) // the task is inside the operation
		if i+1 < len(events) {
			elapsed = min(elapsed, events[i+1].Enter-e.Enter)
		}
	}
	all(give, e.gives)
	add(step{act: compute, cost: used.Seconds(), why: working})
	// How much of the stretch was spent waiting for the outside? Queueing for a core is
	// counted too: see analyse, which compares the sum with what the reference waits.
	if wait := elapsed - used; waits && wait >= shortWait && wait >= elapsed/2 {
		add(step{act: pause, cost: wait.Seconds(), why: outside})
	}
	return steps
}

// A lock that many may read under has that many places; who writes takes all.
const manyReaders = 1 << 20

// shortWait is what waking up on a busy machine may take without any waiting
// for the outside.
const shortWait = 5 * time.Millisecond

// waitsInside are the operations that only wait, so that processor time used in one
// went into looking again and again, or into handing out tasks that others do
// meanwhile: nothing that comes after it.
var waitsInside = []trace.Kind{trace.Lock, trace.Join, trace.Map, trace.Next, trace.Take, trace.Acquire, trace.Wait, trace.Poll}
