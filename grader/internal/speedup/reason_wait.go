package speedup

import (
	"fmt"

	"lockstep/mp/trace"
)

// stalls finds the operation of a kind at which most time goes by in the replay. That
// the first process waits for what the others are asked to do is no obstacle; it
// is told of only when no other process waits.
func stalls(on *replay, kind ReasonKind, text string, op trace.Kind) (Reason, bool) {
	r, found := Reason{Kind: kind}, false
	for _, s := range on.stalled.longest() {
		if s.kind != op || found && s.proc == 0 {
			continue
		}
		r.Site, r.Text, found = s.site, text+place(s.site), true
		if s.proc != 0 {
			break
		}
	}
	return r, found
}

// fewTasks finds a pool that gets its tasks in many maps of a few, each of which is
// waited for.
func (m *model) fewTasks() (Reason, bool) {
	for n, p := range m.pools {
		workers, tasks := m.poolWorkers(n), 0
		for _, w := range p.order {
			tasks += len(w.tasks)
		}
		if len(p.order) < 2 || workers < 2 || 2*tasks > workers*len(p.order) {
			continue
		}
		site := m.siteOf(trace.Map)
		share := float64(tasks) / float64(len(p.order))
		text := fmt.Sprintf("the pool of %d is given %.1f tasks at a time, and they are waited for before the next%s", workers, share, place(site))
		if tasks == len(p.order) {
			text = fmt.Sprintf("the pool of %d is given one task at a time, which is waited for before the next%s", workers, place(site))
		}
		return Reason{Kind: FewTasks, Text: text, Site: site, Share: share / float64(workers)}, true
	}
	return Reason{}, false
}

// fewAtWork says how many have something to do at a time, where they are too few and
// nothing better is known.
func fewAtWork(on *replay, l load, q question) (Reason, bool) {
	if on.now <= 0 || l.useful() >= q.atLeast*float64(q.workers)*on.now {
		return Reason{}, false
	}
	busy := l.useful() / on.now
	r := Reason{Kind: FewAtWork, Text: fmt.Sprintf("on average %.1f processes have something to do, for %d workers", busy, q.workers), Share: busy / float64(q.workers)}
	if list := on.stalled.longest(); len(list) > 0 && list[0].site.Line > 0 {
		r.Site = list[0].site
		r.Text += fmt.Sprintf("; the longest wait is at %s:%d", r.Site.File, r.Site.Line)
	}
	return r, true
}
