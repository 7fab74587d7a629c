package speedup

import (
	"cmp"
	"maps"
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

// linkMessages matches, per direction of a pipe, the i-th message sent with the
// i-th received, and the end of file with the last that closed.
func (m *model) linkMessages(l *links, all []trace.Event) {
	sent, received := map[string][]trace.Event{}, map[string][]trace.Event{}
	var closed []trace.Event
	for _, e := range all {
		switch {
		case e.Kind == trace.Send && e.Result != "false":
			sent[e.Object] = append(sent[e.Object], e)
		case e.Kind == trace.Recv:
			received[otherEnd(e.Object)] = append(received[otherEnd(e.Object)], e)
		case e.Kind == trace.Close, e.Kind == trace.Exit:
			closed = append(closed, e)
		}
	}
	for _, end := range slices.Sorted(maps.Keys(received)) {
		recv := received[end]
		slices.SortStableFunc(recv, func(a, b trace.Event) int { return cmp.Compare(a.Leave, b.Leave) })
		send := sent[end]
		slices.SortStableFunc(send, func(a, b trace.Event) int { return cmp.Compare(a.Enter, b.Enter) })
		n := 0
		for _, r := range recv {
			switch {
			case r.Result == "EOF":
				m.linkEnd(l, closed, end, r)
			case n < len(send):
				m.after(l, send[n], r)
				n++
			}
		}
		m.linkRoom(l, send, recv)
	}
}

// linkEnd ties an end of file to the last operation that can have caused it.
func (m *model) linkEnd(l *links, closed []trace.Event, end string, r trace.Event) {
	var last trace.Event
	for _, e := range closed {
		if e.Proc == r.Proc || e.Enter > r.Leave || e.Kind == trace.Close && e.Object != end {
			continue
		}
		if last.Proc == "" || e.Enter > last.Enter {
			last = e
		}
	}
	if last.Proc != "" && last.Enter > r.Enter {
		m.after(l, last, r)
	}
}

// linkRoom finds senders that waited for room in a full pipe. The events don't
// tell how much a pipe holds; as many messages as were ever under way is a bound
// that the run itself proved.
func (m *model) linkRoom(l *links, send, recv []trace.Event) {
	waited := func(s trace.Event) bool { return s.Leave-s.Enter > shortWait }
	if !slices.ContainsFunc(send, waited) {
		return
	}
	var taken []time.Duration // in order, because recv is
	for _, r := range recv {
		if r.Result != "EOF" {
			taken = append(taken, r.Leave)
		}
	}
	room := 0
	for i, s := range send {
		n, _ := slices.BinarySearch(taken, s.Leave+1)
		room = max(room, i+1-n)
	}
	for i, s := range send {
		if waited(s) && i >= room && i-room < len(recv) {
			if r := recv[i-room]; r.Leave > s.Enter && r.Proc != s.Proc {
				m.after(l, r, s)
			}
		}
	}
}

// otherEnd gives the end that is read at this one: "0#3a" for "0#3b".
func otherEnd(end string) string {
	switch {
	case strings.HasSuffix(end, "a"):
		return strings.TrimSuffix(end, "a") + "b"
	case strings.HasSuffix(end, "b"):
		return strings.TrimSuffix(end, "b") + "a"
	}
	return end
}

// linkSignals ties a wait to the last notify before its end. An object that
// nobody notifies is a barrier: all waits of one round end together.
func (m *model) linkSignals(l *links, all []trace.Event) {
	waits, notes := map[string][]trace.Event{}, map[string][]trace.Event{}
	for _, e := range all {
		switch e.Kind {
		case trace.Wait:
			waits[e.Object] = append(waits[e.Object], e)
		case trace.Notify:
			notes[e.Object] = append(notes[e.Object], e)
		}
	}
	for _, object := range slices.Sorted(maps.Keys(waits)) {
		if len(notes[object]) > 0 || strings.HasPrefix(waits[object][0].Method, "event") || strings.HasPrefix(waits[object][0].Method, "cond") {
			for _, w := range waits[object] {
				var last trace.Event
				for _, n := range notes[object] {
					if n.Enter <= w.Leave && (last.Proc == "" || n.Enter > last.Enter) {
						last = n
					}
				}
				if last.Proc != "" && last.Enter > w.Enter {
					m.after(l, last, w)
				}
			}
			continue
		}
		rounds := map[string]int{}
		var by [][]trace.Event
		for _, w := range waits[object] {
			r := rounds[w.Proc]
			rounds[w.Proc]++
			if r == len(by) {
				by = append(by, nil)
			}
			by[r] = append(by[r], w)
		}
		for _, round := range by {
			m.linkBarrier(l, round)
		}
	}
}

// linkBarrier lets nobody on before everybody has arrived.
func (m *model) linkBarrier(l *links, round []trace.Event) {
	for _, a := range round {
		t := m.token()
		l.arrives[at{a.Proc, a.Op}] = append(l.arrives[at{a.Proc, a.Op}], t)
		for _, b := range round {
			if b.Proc != a.Proc {
				l.awaits[at{b.Proc, b.Op}] = append(l.awaits[at{b.Proc, b.Op}], t)
			}
		}
	}
}

// linkPlaces infers how many places each semaphore had free at first: as many as
// were taken before any was given back.
func (m *model) linkPlaces(all []trace.Event) {
	type change struct {
		when time.Duration
		by   int
	}
	changes := map[string][]change{}
	for _, e := range all {
		switch {
		case e.Kind == trace.Acquire && e.Result != "false":
			changes[e.Object] = append(changes[e.Object], change{e.Leave, 1})
		case e.Kind == trace.Release:
			changes[e.Object] = append(changes[e.Object], change{e.Enter, -1})
		}
	}
	for _, object := range slices.Sorted(maps.Keys(changes)) {
		list := changes[object]
		slices.SortStableFunc(list, func(a, b change) int {
			return cmp.Or(cmp.Compare(a.when, b.when), cmp.Compare(a.by, b.by))
		})
		taken, most := 0, 0
		for _, c := range list {
			taken += c.by
			most = max(most, taken)
		}
		m.permit[m.thing(object)] = most
	}
}
