package speedup

import (
	"cmp"
	"slices"
	"strings"

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

// poolWorker is what package mp calls the target of a pool's processes.
const poolWorker = "mp.worker"

// goes is the method of a Map that is a call of Go.
const goes = "go"

// call is what tells a call of Go: its pool and number, or, as its task has it, who asked,
// for which task of which argument, and its number.
type call struct {
	of, task, arg string
	index         int
}

// linkPools finds which processes work for which pool, and which task belongs to
// which map: the call of Go that has its number, or else the map that its worker's parent
// was waiting for.
func (m *model) linkPools(by map[string][]*op, names []string, all []*op) {
	pools := map[string]*pool{}
	var submitted []*op
	calls, awaited := map[call][]*op{}, map[call]*op{} // of Go, by what their tasks and their results say
	pending := map[string]int{}                        // … whose results nobody has had, by pool
	started := map[string]bool{}                       // as workers
	for _, e := range all {
		number := call{of: e.Object, index: e.Index}
		switch {
		case e.Kind == trace.Map:
			p := pools[e.Object]
			if p == nil {
				p = &pool{id: m.thing("pool "+e.Object, 0)}
				pools[e.Object], m.pools = p, append(m.pools, p)
			}
			e.job = &mapping{pool: p, site: e.Site, begin: m.token(), done: m.token()}
			p.maps = append(p.maps, e.job)
			switch {
			case e.Method != goes:
				submitted = append(submitted, e)
			case e.Outcome == trace.OK:
				task := call{e.Proc, e.Name, e.Arg, e.Index}
				calls[task], awaited[number] = append(calls[task], e), e
				e.job.beside = pending[e.Object] > 0
				pending[e.Object]++
			}
		case e.Kind == trace.Next && awaited[number] != nil && e.Outcome != trace.Timeout:
			e.job = awaited[number].job
			if !e.job.had {
				e.job.had = true
				pending[e.Object]--
			}
		case e.Kind == trace.Start && e.Name == poolWorker:
			started[e.Object] = true
		}
	}
	of := map[string]*pool{} // workers with tasks
	for _, name := range names {
		for _, task := range by[name] {
			if task.Kind != trace.Task {
				continue
			}
			number := call{parentOf(name), task.Name, task.Arg, task.Index}
			i := slices.IndexFunc(submitted, func(e *op) bool {
				return e.Proc == parentOf(name) && e.Name == task.Name && e.Enter <= task.Enter && task.Enter <= e.Leave
			})
			switch asked := calls[number]; {
			case len(asked) > 0 && asked[0].Enter <= task.Enter:
				task.job, calls[number] = asked[0].job, asked[1:]
			case i >= 0:
				task.job = submitted[i].job
			}
			if task.job == nil { // tasks that nobody asked for are just what this process did
				delete(of, name)
				break
			}
			of[name] = task.job.pool
		}
	}
	// A worker without a task belongs to the pool of the one that was started before it,
	// or else after.
	for i, name := range names {
		p := of[name]
		siblings := slices.Clone(names[:i])
		slices.Reverse(siblings)
		for _, other := range append(siblings, names[i+1:]...) {
			if p == nil && started[name] && parentOf(other) == parentOf(name) {
				p = of[other]
			}
		}
		if p != nil {
			m.procs[i].pool, p.workers = p, append(p.workers, m.procs[i])
		}
	}
}

func parentOf(proc string) string {
	return proc[:max(0, strings.LastIndexByte(proc, '.'))]
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
