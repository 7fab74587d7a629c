package speedup

import (
	"slices"
	"strings"
	"time"

	"lockstep/mp/trace"
)

// links are what orders the operations of different processes. Locks,
// semaphores and a pool's queue are not among them: who gets those first is
// decided anew in every replay.
type links struct {
	begin   map[string]int
	arrives map[at][]int           // given when the operation is reached
	awaits  map[at][]int           // … then awaited
	gives   map[at][]int           // … and given when it is done
	service map[call]time.Duration // a manager's own time per call: the shortest seen
	maps    map[at]*mapping        // which map a Map submits, and which one a Task belongs to
	worker  map[string]int         // a process's pool
}

// at names one operation.
type at struct {
	proc string
	op   int
}

type call struct{ object, method string }

func (m *model) link(by map[string][]trace.Event, names []string) *links {
	l := &links{
		begin: map[string]int{}, arrives: map[at][]int{}, awaits: map[at][]int{}, gives: map[at][]int{},
		service: map[call]time.Duration{}, maps: map[at]*mapping{}, worker: map[string]int{},
	}
	var all []trace.Event
	for _, name := range names {
		l.begin[name] = -1
		all = append(all, by[name]...)
	}
	m.linkChildren(l, all)
	m.linkPools(l, by, names, all)
	m.linkMessages(l, all)
	m.linkSignals(l, all)
	m.linkPlaces(all)
	for _, e := range all {
		if e.Kind == trace.Call {
			key := call{e.Object, e.Method}
			if took, ok := l.service[key]; !ok || e.Leave-e.Enter < took {
				l.service[key] = e.Leave - e.Enter
			}
		}
	}
	return l
}

// after says that operation b can't end before operation a has begun. An order
// that the clock contradicts is a misreading of the events and is left out, so
// that a replay can't run in circles.
func (m *model) after(l *links, a, b trace.Event) {
	if a.Enter > b.Leave {
		return
	}
	t := m.token()
	l.gives[at{a.Proc, a.Op}] = append(l.gives[at{a.Proc, a.Op}], t)
	l.awaits[at{b.Proc, b.Op}] = append(l.awaits[at{b.Proc, b.Op}], t)
}

func (m *model) linkChildren(l *links, all []trace.Event) {
	last := map[string]trace.Event{}
	for _, e := range all {
		last[e.Proc] = e
	}
	for _, e := range all {
		child, known := m.byName[e.Object]
		if !known {
			continue
		}
		switch e.Kind {
		case trace.Start:
			t := m.token()
			l.begin[e.Object] = t
			l.gives[at{e.Proc, e.Op}] = append(l.gives[at{e.Proc, e.Op}], t)
		case trace.Join:
			// A join that gave up did not wait for the end.
			if e.Result != "false" && last[e.Object].Enter <= e.Leave {
				l.awaits[at{e.Proc, e.Op}] = append(l.awaits[at{e.Proc, e.Op}], m.procs[child].end)
			}
		}
	}
}

// poolWorker is what package mp calls the target of a pool's processes.
const poolWorker = "mp.worker"

// linkPools finds which processes work for which pool, and which task belongs to
// which map: the one that its worker's parent was waiting for. Workers that got no
// task belong to the pool of their neighbours.
func (m *model) linkPools(l *links, by map[string][]trace.Event, names []string, all []trace.Event) {
	type key struct{ proc, object string }
	pools := map[key]int{}
	var maps []trace.Event
	workers := map[string]bool{}
	for _, e := range all {
		switch {
		case e.Kind == trace.Map:
			k := key{e.Proc, e.Object}
			n, ok := pools[k]
			if !ok {
				n = len(m.pools)
				pools[k] = n
				m.pools = append(m.pools, &pool{})
			}
			w := &mapping{done: m.token(), pool: n}
			l.maps[at{e.Proc, e.Op}] = w
			m.pools[n].order = append(m.pools[n].order, w)
			maps = append(maps, e)
		case e.Kind == trace.Start && e.Name == poolWorker:
			workers[e.Object] = true
		}
	}
	of := func(task trace.Event) *mapping {
		for _, e := range maps {
			named := e.Object == task.Object || e.Proc == parentOf(task.Proc) && (e.Name == task.Name)
			if named && e.Enter <= task.Enter && task.Enter <= e.Leave {
				return l.maps[at{e.Proc, e.Op}]
			}
		}
		return nil
	}
	for _, name := range names {
		stray := false
		var found *mapping
		for _, e := range by[name] {
			if e.Kind == trace.Task {
				if w := of(e); w != nil {
					found, l.maps[at{e.Proc, e.Op}] = w, w
				} else {
					stray = true
				}
			}
		}
		// Tasks that no Map waited for are just what this process did.
		if found != nil && !stray {
			l.worker[name] = found.pool
		}
	}
	m.linkIdle(l, names, workers)
}

// linkIdle gives the workers without tasks to the pool of the worker that was
// started before them, or else after.
func (m *model) linkIdle(l *links, names []string, workers map[string]bool) {
	pass := func(names []string) {
		last := map[string]int{} // by parent
		for _, name := range names {
			n, ok := l.worker[name]
			if !ok && workers[name] {
				if n, ok = last[parentOf(name)]; ok {
					l.worker[name] = n
				}
			}
			if ok {
				last[parentOf(name)] = n
			}
		}
	}
	pass(names)
	backwards := slices.Clone(names)
	slices.Reverse(backwards)
	pass(backwards)
}

func parentOf(proc string) string {
	i := strings.LastIndexByte(proc, '.')
	if i < 0 {
		return ""
	}
	return proc[:i]
}
