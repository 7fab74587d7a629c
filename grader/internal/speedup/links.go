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
	first   int      // which wait for the first of several it is; see model.firsts; 0: none
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
	edges := timeline.Edges(events)
	met := m.linkFirsts(all, edges)
	for _, e := range edges {
		switch {
		case e.Kind == timeline.HandOver, e.Kind == timeline.First: // who gets a lock first is decided anew
		case all[e.To].Kind == trace.Recv && met[meeting{all[e.From], all[e.To].Proc}]: // it has been waited for
		default:
			m.after(all[e.From], all[e.To])
		}
	}
	m.linkBarriers(all)
	m.linkQueues(all)
}

// A first is a wait for the first of several. In the run it came upon its own token; in a
// replay, another of those that such waits of the process came upon may be there before.
type first struct {
	own    int
	others []*arrivals // at each of several
	proc   string
}

// arrivals are what a process came upon at one end of a pipe, or at another process, that it
// waited for among others: tokens, in order.
type arrivals []int

// meeting is what a process came upon that waited for the first of several.
type meeting struct {
	from *op
	proc string
}

// linkFirsts lets who waits for the first of several get on with whatever is there first in
// a replay, as if that were what was there first in the run. It returns what they came upon:
// who receives that needs not wait for it once more.
func (m *model) linkFirsts(all []*op, edges []timeline.Edge) map[meeting]bool {
	m.firsts = []first{{}}
	met, at := map[meeting]bool{}, map[[2]string]*arrivals{}
	there := func(proc, what string) *arrivals {
		if at[[2]string{proc, what}] == nil {
			at[[2]string{proc, what}] = &arrivals{}
		}
		return at[[2]string{proc, what}]
	}
	for _, e := range edges {
		from, wait := all[e.From], all[e.To]
		if e.Kind != timeline.First || met[meeting{from, wait.Proc}] {
			continue
		}
		met[meeting{from, wait.Proc}] = true
		f := first{proc: wait.Proc}
		if from.Kind == trace.Exit {
			f.own = m.byName[from.Proc].end
		} else {
			f.own = m.token()
			from.gives = append(from.gives, f.own)
		}
		if m.byName[wait.Proc].pool == nil { // whose tasks come in any order
			for _, what := range wait.Carries {
				f.others = append(f.others, there(wait.Proc, what))
			}
		}
		here := there(wait.Proc, wait.Object)
		*here = append(*here, f.own)
		wait.first = len(m.firsts)
		m.firsts = append(m.firsts, f)
	}
	return met
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
