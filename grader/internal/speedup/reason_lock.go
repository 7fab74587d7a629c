package speedup

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"lockstep/mp/trace"
)

// heldLock finds the lock that is held for most of the work.
func (m *model) heldLock(on *replay, l load) (Reason, bool) {
	most, id := 0.0, -1
	for _, name := range slices.Sorted(maps.Keys(m.things)) {
		if held := on.held[m.things[name]]; held > most {
			most, id = held, m.things[name]
		}
	}
	if id < 0 || l.useful() == 0 {
		return Reason{}, false
	}
	var site trace.Site
	cost := 0.0
	m.sections(id, func(at trace.Site, held float64) {
		if held > cost {
			site, cost = at, held
		}
	})
	share := min(1, most/l.useful())
	return Reason{Kind: LockHeld, Text: fmt.Sprintf("the lock is held for %s of the work%s", percent(share), place(site)), Site: site, Share: share}, true
}

// sections tells how long a lock is held from each place that takes it.
func (m *model) sections(id int, tell func(trace.Site, float64)) {
	held := map[trace.Site]float64{}
	scan := func(list []step) {
		var from trace.Site
		inside := false
		for _, s := range list {
			switch {
			case s.act == lock && s.id == id:
				from, inside = s.site, true
			case s.act == unlock && s.id == id:
				inside = false
			case inside && s.act == compute:
				held[from] += s.cost
			}
		}
	}
	for list := range m.lists() {
		scan(list)
	}
	sites := slices.SortedFunc(maps.Keys(held), func(a, b trace.Site) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	for _, s := range sites {
		tell(s, held[s])
	}
}
