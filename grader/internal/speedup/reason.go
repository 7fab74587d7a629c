package speedup

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"lockstep/mp/trace"
)

// A reason is worth telling from this share of the replay's time.
const worthTelling = 0.1

// explain asks of every obstacle how much shorter the replay is without it, and
// tells of those that matter, the greatest first.
func (a *analysis) explain() []Reason {
	m, on, q := a.model, a.on, a.question
	var list []Reason
	add := func(r Reason, gained float64) {
		if r.Kind != "" && gained > 0 && gained >= worthTelling*on.now {
			r.Gain = gained
			list = append(list, r)
		}
	}
	missing := on.now - m.useful()/float64(q.workers) // what missing workers would do
	lone := m.loneWorker()
	add(lone, missing)
	for _, obstacle := range []struct {
		Reason
		without trace.Kind
	}{
		{m.earlyJoins(), trace.Join},
		{m.heldLock(on), trace.Lock},
		{m.unevenWork(), trace.Task},
		{m.startCost(), trace.Start},
		{m.sleep(), trace.Sleep},
		{on.stall(MessageWait, "processes wait for each other's messages", trace.Recv), trace.Recv},
		{on.stall(SignalWait, "processes wait for their turn", trace.Acquire), trace.Acquire},
		{on.stall(SignalWait, "processes wait for each other", trace.Wait), trace.Wait},
		{on.stall(ManagerWait, "processes wait for the manager", trace.Call), trace.Call},
	} {
		if obstacle.Kind == "" || obstacle.Kind == Unbalanced && lone.Kind != "" { // which says as much
			continue
		}
		if r, err := m.play(on.cores, obstacle.without); err == nil {
			add(obstacle.Reason, on.now-r.now)
		}
	}
	serial, alone := m.serialPart(on)
	add(serial, alone*(1-1/float64(q.workers)))
	add(m.fewTasks(), missing)
	if len(list) == 0 {
		add(m.fewAtWork(on, q), missing)
	}
	slices.SortStableFunc(list, func(a, b Reason) int { return cmp.Compare(b.Gain, a.Gain) })
	return list
}

// reason puts its place behind its text.
func reason(k ReasonKind, site trace.Site, format string, args ...any) Reason {
	text := fmt.Sprintf(format, args...)
	if site.Line > 0 {
		text += fmt.Sprintf(" (%s:%d)", site.File, site.Line)
	}
	return Reason{Kind: k, Text: text, Site: site}
}

func percent(share float64) string { return fmt.Sprintf("%.0f %%", 100*share) }

// loneWorker finds programs in which at most one process works.
func (m *model) loneWorker() Reason {
	for _, p := range m.pools {
		if len(p.workers) == 1 {
			return reason(OneWorker, p.workers[0].site, "the pool has one worker")
		}
	}
	busy := 0
	for _, p := range m.procs {
		if p.work > 0.02*m.useful() {
			busy++
		}
	}
	most := slices.MaxFunc(m.procs, lighter)
	switch {
	case len(m.pools) > 0 || busy != 1 || most.work < 0.9*m.useful(): // the rest may be spread over many
		return Reason{}
	case most.begin < 0:
		return reason(NoWorker, trace.Site{}, "the first process does all the work itself")
	case len(m.children) > 1:
		return reason(OneWorker, most.site, "one of %d workers did %s of the work", len(m.children), percent(quotient(most.work, m.useful())))
	}
	return reason(OneWorker, most.site, "only one worker is started")
}

func lighter(a, b *process) int { return cmp.Compare(a.work, b.work) }

// earlyJoins counts the children that were joined before their parent started
// the next one.
func (m *model) earlyJoins() Reason {
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
	switch early {
	case 0:
		return Reason{}
	case starts:
		return reason(JoinBeforeStart, site, "each child is joined before the next starts")
	}
	return reason(JoinBeforeStart, site, "%d of %d times a child is joined before the next starts", early, starts)
}

// heldLock finds the lock that is held for most of the work, and the place that holds
// it longest.
func (m *model) heldLock(on *replay) (r Reason) {
	sums, longest, most := map[int]float64{}, map[int]held{}, 0.0
	for h, t := range on.held {
		sums[h.id] += t
		if l := longest[h.id]; t > on.held[l] || t == on.held[l] && h.site.Line < l.site.Line {
			longest[h.id] = h
		}
	}
	for _, id := range slices.Sorted(maps.Keys(sums)) {
		if sums[id] > most && m.useful() > 0 {
			most = sums[id]
			r = reason(LockHeld, longest[id].site, "the lock is held for %s of the work", percent(min(1, most/m.useful())))
		}
	}
	return r
}

// unevenWork finds the worker, or the task, that has far more than its part.
func (m *model) unevenWork() (r Reason) {
	worst := 0.0
	for i, group := range m.groups() {
		if len(group) < 2 || total(group) < worthTelling*m.useful() {
			continue
		}
		most := slices.MaxFunc(group, lighter)
		share, text := quotient(most.work, total(group)), "one worker did %s of the work"
		if i > 0 {
			text = fmt.Sprintf("one of %d tasks took %%s of the time", len(group))
		}
		if share > worst {
			worst, r = share, reason(Unbalanced, most.site, text, percent(share))
		}
	}
	return r
}

func (m *model) startCost() Reason {
	i := slices.IndexFunc(m.procs, func(p *process) bool { return p.site.Line > 0 })
	if i < 0 || m.spent[starting]+m.spent[waking] <= m.useful() {
		return Reason{}
	}
	return reason(StartCost, m.procs[i].site, "starting processes took longer than the work")
}

// sleep finds the place where most time is slept.
func (m *model) sleep() Reason {
	if len(m.slept) == 0 {
		return Reason{}
	}
	site := slices.MaxFunc(slices.Collect(maps.Keys(m.slept)), func(a, b trace.Site) int {
		return cmp.Or(cmp.Compare(m.slept[a], m.slept[b]), cmp.Compare(a.String(), b.String()))
	})
	return reason(Sleeping, site, "the program sleeps for %v", seconds(m.slept[site]).Round(1e6))
}

// serialPart finds work that the first process does while no other has any.
func (m *model) serialPart(on *replay) (r Reason, alone float64) {
	for _, k := range on.solo.longest() {
		if k.proc == 0 {
			r.Site = cmp.Or(r.Site, k.site)
			alone += on.solo[k]
		}
	}
	if len(m.procs) < 2 || m.useful() == 0 {
		return Reason{}, 0
	}
	r.Kind, r.Text = SerialPart, fmt.Sprintf("the first process does %s of the work while no other has any", percent(alone/m.useful()))
	if r.Site.Line > 0 {
		r.Text += fmt.Sprintf(" (after %v)", r.Site)
	}
	return r, alone
}

// stall finds the operation of a kind at which most time goes by in the replay. That
// the first process waits for what the others are asked to do is no obstacle; it
// is told of only when no other process waits.
func (r *replay) stall(kind ReasonKind, text string, op trace.Kind) (found Reason) {
	for _, s := range r.stalled.longest() {
		if s.kind == op && (found.Kind == "" || s.proc != 0) {
			if found = reason(kind, s.site, "%s", text); s.proc != 0 {
				break
			}
		}
	}
	return found
}

// fewTasks finds a pool that gets its tasks in many maps of a few, each of which is
// waited for.
func (m *model) fewTasks() Reason {
	for _, p := range m.pools {
		workers, maps, tasks := len(p.workers), len(p.rounds()), 0
		for _, w := range p.maps {
			tasks += len(w.tasks)
		}
		if maps < 2 || workers < 2 || 2*tasks > workers*maps {
			continue
		}
		text := fmt.Sprintf("%.1f tasks at a time, and they are waited for", float64(tasks)/float64(maps))
		if tasks == maps {
			text = "one task at a time, which is waited for"
		}
		return reason(FewTasks, p.maps[0].site, "the pool of %d is given %s before the next", workers, text)
	}
	return Reason{}
}

// fewAtWork says how many have something to do at a time, where they are too few and
// nothing better is known.
func (m *model) fewAtWork(on *replay, q question) Reason {
	busy := quotient(m.useful(), on.now)
	if on.now <= 0 || busy >= q.atLeast*float64(q.workers) {
		return Reason{}
	}
	r := reason(FewAtWork, trace.Site{}, "on average %.1f processes have something to do, for %d workers", busy, q.workers)
	if list := on.stalled.longest(); len(list) > 0 && list[0].site.Line > 0 {
		r.Site = list[0].site
		r.Text += fmt.Sprintf("; the longest wait is at %v", r.Site)
	}
	return r
}
