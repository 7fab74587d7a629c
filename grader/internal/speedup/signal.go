package speedup

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"lockstep/mp/trace"
)

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
