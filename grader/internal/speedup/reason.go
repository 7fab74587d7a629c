package speedup

import (
	"cmp"
	"fmt"
	"slices"

	"lockstep/mp/trace"
)

// A reason is worth telling from this share of the replay's time.
const worthTelling = 0.1

// reasons asks of every obstacle how much shorter the replay is without it, and
// tells of those that matter, the greatest first.
func (m *model) reasons(on *replay, l load, q question) ([]Reason, error) {
	var list []Reason
	var failed error
	gain := func(w whatIf) float64 {
		r, err := m.play(on.cores, w)
		if err != nil {
			failed = err
			return 0
		}
		return on.now - r.now
	}
	add := func(r Reason, gained float64) {
		if gained >= worthTelling*on.now && gained > 0 {
			r.Gain = seconds(gained)
			list = append(list, r)
		}
	}
	if r, ok := m.loneWorker(l); ok {
		// Nothing to undo in a replay: the gain is what the missing workers would do.
		add(r, on.now-l.useful()/float64(q.workers))
	}
	if r, ok := m.earlyJoins(); ok {
		add(r, gain(whatIf{joins: true}))
	}
	if r, ok := m.heldLock(on, l); ok {
		add(r, gain(whatIf{locks: true}))
	}
	if r, ok := m.unevenWork(l); ok {
		add(r, gain(whatIf{even: true}))
	}
	if r, ok := m.startCost(l); ok {
		add(r, gain(whatIf{starts: true}))
	}
	if r, ok := m.sleep(); ok {
		add(r, gain(whatIf{sleeps: true}))
	}
	if r, ok := m.serialPart(on, l); ok {
		add(r, r.Share*l.useful()*(1-1/float64(q.workers)))
	}
	if r, ok := stalls(on, MessageWait, "processes wait for each other's messages", trace.Recv); ok {
		add(r, gain(whatIf{messages: true}))
	}
	if r, ok := stalls(on, SignalWait, "processes wait for their turn", trace.Acquire); ok {
		add(r, gain(whatIf{signals: true}))
	}
	if r, ok := stalls(on, SignalWait, "processes wait for each other", trace.Wait); ok {
		add(r, gain(whatIf{signals: true}))
	}
	if r, ok := stalls(on, ManagerWait, "processes wait for the manager", trace.Call); ok {
		add(r, gain(whatIf{managers: true}))
	}
	if r, ok := m.fewTasks(); ok {
		add(r, on.now-l.useful()/float64(q.workers))
	}
	if r, ok := fewAtWork(on, l, q); ok && len(list) == 0 {
		add(r, on.now-l.useful()/float64(q.workers))
	}
	slices.SortStableFunc(list, func(a, b Reason) int { return cmp.Compare(b.Gain, a.Gain) })
	return list, failed
}

func place(s trace.Site) string {
	if s.Line == 0 {
		return ""
	}
	return fmt.Sprintf(" (%s:%d)", s.File, s.Line)
}

func percent(share float64) string { return fmt.Sprintf("%.0f %%", 100*share) }

// loneWorker finds programs in which at most one process works.
func (m *model) loneWorker(l load) (Reason, bool) {
	for n, p := range m.pools {
		if m.poolWorkers(n) == 1 && len(p.order) > 0 {
			site := m.poolSite(n)
			return Reason{Kind: OneWorker, Text: "the pool has one worker" + place(site), Site: site, Share: 1}, true
		}
	}
	if len(m.pools) > 0 {
		return Reason{}, false
	}
	work := l.useful()
	busy, most := 0, 0
	for i, w := range l.procs {
		if w > 0.02*work {
			busy++
		}
		if w > l.procs[most] {
			most = i
		}
	}
	if busy != 1 || l.procs[most] < 0.9*work { // the rest may be spread over many
		return Reason{}, false
	}
	if m.procs[most].begin < 0 {
		return Reason{Kind: NoWorker, Text: "the first process does all the work itself", Share: 1}, true
	}
	site := m.startOf(most)
	if n := len(m.children()); n > 1 {
		return Reason{Kind: OneWorker, Text: fmt.Sprintf("one of %d workers did all the work%s", n, place(site)), Site: site, Share: 1}, true
	}
	return Reason{Kind: OneWorker, Text: "only one worker is started" + place(site), Site: site, Share: 1}, true
}

// poolSite returns where a pool is made, or at least where it is used.
func (m *model) poolSite(pool int) trace.Site {
	for i, p := range m.procs {
		if p.pool == pool {
			if site := m.startOf(i); site.Line > 0 {
				return site
			}
		}
	}
	return m.siteOf(trace.Map)
}

// siteOf returns where the first operation of a kind is.
func (m *model) siteOf(k trace.Kind) trace.Site {
	for _, p := range m.procs {
		for _, s := range p.steps {
			if s.kind == k {
				return s.site
			}
		}
	}
	return trace.Site{}
}

// startOf returns where a process was started.
func (m *model) startOf(child int) trace.Site {
	for _, p := range m.procs {
		for _, s := range p.steps {
			if s.kind == trace.Start && s.act == give && s.id == m.procs[child].begin {
				return s.site
			}
		}
	}
	return trace.Site{}
}

// earlyJoins counts the children that were joined before their parent started
// the next one.
func (m *model) earlyJoins() (Reason, bool) {
	starts, early := 0, 0
	var site trace.Site
	for _, p := range m.procs {
		var joined trace.Site
		mine := 0
		for _, s := range p.steps {
			switch {
			case s.kind == trace.Join && s.act == await:
				joined = s.site
			case s.kind == trace.Start && s.act == give:
				if mine++; mine > 1 && joined.Line > 0 {
					early++
					site = joined
				}
				joined = trace.Site{}
			}
		}
		starts += max(0, mine-1)
	}
	switch {
	case early == 0:
		return Reason{}, false
	case early == starts:
		return Reason{Kind: JoinBeforeStart, Text: "each child is joined before the next starts" + place(site), Site: site, Share: 1}, true
	}
	text := fmt.Sprintf("%d of %d times a child is joined before the next starts%s", early, starts, place(site))
	return Reason{Kind: JoinBeforeStart, Text: text, Site: site, Share: float64(early) / float64(starts)}, true
}

// unevenWork finds the worker, or the task, that has far more than its part.
func (m *model) unevenWork(l load) (Reason, bool) {
	children := m.children()
	sum, most := 0.0, -1
	for _, i := range children {
		sum += l.procs[i]
		if most < 0 || l.procs[i] > l.procs[most] {
			most = i
		}
	}
	best, ok := Reason{}, false
	if len(children) > 1 && sum > 0 {
		share := l.procs[most] / sum
		site := m.startOf(most)
		best, ok = Reason{Kind: Unbalanced, Text: fmt.Sprintf("one worker did %s of the work%s", percent(share), place(site)), Site: site, Share: share}, true
	}
	for _, p := range m.pools {
		for _, w := range p.order {
			list := l.tasks[w]
			if len(list) < 2 || total(list) == 0 {
				continue
			}
			most := slices.Index(list, slices.Max(list))
			if share := list[most] / total(list); !ok || share > best.Share {
				best, ok = Reason{Kind: Unbalanced, Text: fmt.Sprintf("one of %d tasks took %s of the time%s", len(list), percent(share), place(w.sites[most])), Site: w.sites[most], Share: share}, true
			}
		}
	}
	return best, ok
}

func (m *model) startCost(l load) (Reason, bool) {
	if l.tool <= l.useful() {
		return Reason{}, false
	}
	site := m.siteOf(trace.Start)
	return Reason{Kind: StartCost, Text: "starting processes took longer than the work" + place(site), Site: site, Share: l.tool / (l.tool + l.useful())}, true
}

// sleep finds the place where most time is slept.
func (m *model) sleep() (Reason, bool) {
	slept := map[trace.Site]float64{}
	var site trace.Site
	for list := range m.lists() {
		for _, s := range list {
			if s.why == sleeping {
				if slept[s.site] += s.cost; site.Line == 0 || slept[s.site] > slept[site] {
					site = s.site
				}
			}
		}
	}
	if slept[site] == 0 {
		return Reason{}, false
	}
	return Reason{Kind: Sleeping, Text: fmt.Sprintf("the program sleeps for %v%s", seconds(slept[site]).Round(1e6), place(site)), Site: site}, true
}

// serialPart finds work that the first process does while no other has any.
func (m *model) serialPart(on *replay, l load) (Reason, bool) {
	sum, most := 0.0, 0.0
	var site trace.Site
	for _, k := range on.solo.longest() {
		if k.proc != 0 {
			continue
		}
		sum += on.solo[k]
		if on.solo[k] > most {
			most, site = on.solo[k], k.site
		}
	}
	if len(m.procs) < 2 || l.useful() == 0 {
		return Reason{}, false
	}
	share := sum / l.useful()
	return Reason{Kind: SerialPart, Text: fmt.Sprintf("the first process does %s of the work while no other has any%s", percent(share), after(site)), Site: site, Share: share}, true
}

func after(s trace.Site) string {
	if s.Line == 0 {
		return ""
	}
	return fmt.Sprintf(" (after %s:%d)", s.File, s.Line)
}
