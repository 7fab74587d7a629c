package speedup

import (
	"cmp"
	"slices"

	"lockstep/grader/internal/timeline"
	"lockstep/mp/trace"
)

// An op is an operation with what orders it among those of other processes. Locks,
// semaphores and a pool's queue are not among that: who gets those first is decided
// anew in every replay.
type op struct {
	trace.Event
	arrives []int    // tokens that are given when it is reached
	awaits  []int    // … then awaited
	gives   []int    // … and given when it is done
	job     *mapping // which map a Map submits, and which one a Task belongs to
}

// link finds what orders the operations of different processes.
func (m *model) link(by map[string][]*op, names []string) {
	var all []*op
	for _, name := range names {
		all = append(all, by[name]...)
	}
	slices.SortStableFunc(all, func(a, b *op) int { return cmp.Compare(a.Enter, b.Enter) })
	for _, e := range all {
		child := m.byName[e.Object]
		switch {
		case e.Kind == trace.Start && child != nil:
			child.begin, child.site = m.token(), e.Site
			e.gives = append(e.gives, child.begin)
		case e.Kind == trace.Join && child != nil && by[e.Object][len(by[e.Object])-1].Enter <= e.Leave:
			e.awaits = append(e.awaits, child.end)
		case e.Kind == trace.New && e.Method == "semaphore":
			m.thing(e.Object, e.Size)
		case e.Kind == trace.Call:
			key := [2]string{e.Object, e.Method}
			if took, ok := m.service[key]; !ok || e.Leave-e.Enter < took {
				m.service[key] = e.Leave - e.Enter
			}
		}
	}
	m.linkPools(by, names, all)
	events := make([]trace.Event, len(all))
	for i, e := range all {
		events[i] = e.Event
	}
	for _, e := range timeline.Edges(events) {
		if e.Kind != timeline.HandOver { // who gets a lock first is decided anew
			m.after(all[e.From], all[e.To])
		}
	}
	m.linkBarriers(all)
	m.linkQueues(all)
}

// after says that operation b can't end before operation a has begun. An order
// that the clock contradicts is a misreading of the events and is left out, so
// that a replay can't run in circles.
func (m *model) after(a, b *op) {
	if a.Enter <= b.Leave {
		t := m.token()
		a.gives, b.awaits = append(a.gives, t), append(b.awaits, t)
	}
}

// linkBarriers lets nobody leave a barrier before everybody of the same round has
// arrived.
func (m *model) linkBarriers(all []*op) {
	type round struct {
		barrier string
		n       int
	}
	rounds, been := map[round][]*op{}, map[[2]string]int{}
	for _, e := range all {
		if e.Kind != trace.Wait || e.Operation().On != trace.OnBarrier || e.Outcome == trace.Timeout {
			continue
		}
		who := [2]string{e.Object, e.Proc}
		been[who]++
		r, t := round{e.Object, been[who]}, m.token()
		e.arrives = append(e.arrives, t)
		for _, other := range rounds[r] {
			e.awaits, other.awaits = append(e.awaits, other.arrives...), append(other.awaits, t)
		}
		rounds[r] = append(rounds[r], e)
	}
}

// linkQueues lets nobody who waits until all of a queue is done get on before each Done
// that had come by then: another one may be the last in a replay.
func (m *model) linkQueues(all []*op) {
	done, seen := map[string][]*op{}, map[[2]string]int{}
	for _, e := range all {
		if e.Kind == trace.Notify && e.Operation().On == trace.OnQueue && e.Outcome == trace.OK {
			done[e.Object] = append(done[e.Object], e)
		}
	}
	for _, e := range all {
		if e.Kind != trace.Wait || e.Operation().On != trace.OnQueue || e.Outcome != trace.OK {
			continue
		}
		who := [2]string{e.Object, e.Proc}
		for _, d := range done[e.Object][seen[who]:] {
			if d.Enter > e.Leave {
				break
			}
			if seen[who]++; d.Proc != e.Proc {
				m.after(d, e)
			}
		}
	}
}
