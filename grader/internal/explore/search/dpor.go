package search

import (
	"slices"

	"lockstep/grader/internal/explore/model"
	"lockstep/mp/trace"
)

// branch is the policy of one job: the choices that lead to its node, its own,
// and from there on no switch that is not needed, sparing sleepers.
type branch struct {
	tree   *tree
	job    job
	path   []*node // from the root to the job's node
	added  []*node
	at     int
	sleep  []sleeper // of the next node
	differ *Difference
	lost   bool // the run does not go where its path went
}

func (t *tree) branch(j job) *branch {
	b := &branch{tree: t, job: j}
	t.mu.Lock()
	defer t.mu.Unlock()
	for n := j.at; n != nil; n = n.parent {
		b.path = append(b.path, n)
	}
	slices.Reverse(b.path)
	if n := j.at; n != nil {
		b.sleep = slices.Clone(n.sleep)
		for _, p := range n.chosen[:slices.Index(n.chosen, j.choice)] {
			if !t.deaths || n.made.Has(p) {
				b.sleep = append(b.sleep, sleeper{p, slices.Concat(n.ends[p], n.doing[p].access)})
			}
		}
	}
	return b
}

// look describes what every process would do now.
func look(w *model.World, enabled model.Set) map[model.ID]doing {
	m := make(map[model.ID]doing, enabled.Len())
	for s := enabled; s != 0; s = s.Rest() {
		p := w.Proc(s.First())
		op := w.Next(p).Op
		m[p.ID] = doing{print: shape(op), op: op, access: w.Touches(p)}
	}
	return m
}

// shape is an operation without its values.
func shape(op trace.Event) uint64 {
	var h uint64 = 14695981039346656037 // FNV-1a
	mix := func(s string) {
		for i := range len(s) {
			h = (h ^ uint64(s[i])) * 1099511628211
		}
		h = (h ^ 0xff) * 1099511628211
	}
	mix(op.Object)
	mix(op.Method)
	mix(op.Key)
	mix(op.Site.File)
	return h ^ uint64(op.Kind) ^ uint64(op.Index+1)<<8 ^ uint64(op.Site.Line)<<40
}

func (b *branch) pick(w *model.World, enabled model.Set, current model.ID) (model.ID, bool) {
	if b.at < len(b.path) {
		return b.follow(w, enabled)
	}
	available := enabled
	for _, s := range b.sleep {
		available = available.Without(model.SetOf(s.proc))
	}
	if available == 0 {
		b.extend(w, enabled, false)
		return 0, false
	}
	p := goOn(w, available, current)
	n := b.extend(w, enabled, false)
	n.chosen, n.tried = []model.ID{p}, model.SetOf(p)
	return p, true
}

// follow goes where the job's path went.
func (b *branch) follow(w *model.World, enabled model.Set) (model.ID, bool) {
	n := b.path[b.at]
	choice := b.job.choice
	if b.at+1 < len(b.path) {
		choice = b.path[b.at+1].via
	}
	if !b.sameAs(n, w, enabled) {
		return 0, false
	}
	b.at++
	return choice, true
}

// sameAs compares a moment with what it was when it was first seen.
func (b *branch) sameAs(n *node, w *model.World, enabled model.Set) bool {
	for s := enabled | n.enabled; s != 0; s = s.Rest() {
		id := s.First()
		was, before := n.doing[id]
		p := w.Proc(id)
		var now trace.Event
		same := false
		if p != nil {
			if next := w.Next(p); next != nil {
				now = next.Op
				same = before && shape(now) == was.print && enabled.Has(id)
			}
		}
		if !same {
			b.differ = &Difference{Path: w.PathOf(id), Op: w.Steps(id) + 1, First: was.op, Second: now}
			b.lost = true
			return false
		}
		if now.Hash != was.op.Hash && b.differ == nil {
			b.differ = &Difference{Path: p.Path, Op: w.Steps(id) + 1, First: was.op, Second: now}
		}
	}
	return true
}

func (b *branch) only(w *model.World, p model.ID) bool {
	if b.at < len(b.path) {
		n := b.path[b.at]
		if !n.forced || !b.sameAs(n, w, model.SetOf(p)) {
			b.lost = true
			return false
		}
		b.at++
		return true
	}
	n := b.extend(w, model.SetOf(p), true)
	n.chosen, n.tried = []model.ID{p}, model.SetOf(p)
	return true
}

// extend adds a node below the last one.
func (b *branch) extend(w *model.World, enabled model.Set, forced bool) *node {
	n := &node{depth: len(b.path) + len(b.added), enabled: enabled, forced: forced, doing: look(w, enabled), sleep: b.sleep, kids: map[model.ID]*node{}}
	if k := len(b.added); k > 0 {
		up := b.added[k-1]
		n.parent, n.via = up, up.chosen[0]
		up.kids[n.via] = n
	}
	b.added = append(b.added, n)
	b.at++
	return n
}

// made lets those sleep on whom the step does not concern.
func (b *branch) made(w *model.World, i int) {
	if i < len(b.path)-1 {
		return
	}
	e := &w.Events[i]
	sleep := b.sleep
	b.sleep = nil
	for _, s := range sleep {
		if s.proc != e.Proc && !e.Forced && !model.Dependent(s.access, e.Access) {
			b.sleep = append(b.sleep, s)
		}
	}
}

// analyse looks at every step from index from on, and at operations that were
// not made, for earlier steps that they conflict with; where the order could have
// been the other way round, a choice is added. The tree's lock is held.
func (t *tree) analyse(x *Execution, path []*node, from int) {
	w := x.World
	for i := from; i < w.Telling(); i++ {
		e := &w.Events[i]
		if e.Forced {
			continue // it could not have come before anything
		}
		t.conflicts(w, path, i, e.Proc, e.Access, e.Before, e.Needs, e.Blocks)
	}
	for _, h := range w.Halts() {
		for _, s := range h.Blocked {
			if h.At >= from {
				t.conflicts(w, path, h.At, s.Proc, s.Access, s.Before, nil, true)
			}
			if h.Lost {
				t.lost(w, path, h.At, max(h.At, from), s)
			}
		}
	}
	if w.Telling() < len(w.Events) {
		return
	}
	for _, s := range w.Stopped() {
		t.conflicts(w, path, len(w.Events), s.Proc, s.Access, s.Before, nil, true)
	}
}

// lost looks for conflicts of an operation that its process did not live to make:
// it could have been made before or after each later step that it conflicts with,
// had the process not been ended by the step before index at.
func (t *tree) lost(w *model.World, path []*node, at, from int, s model.Stopped) {
	for i := from; i < len(w.Events); i++ {
		if model.Dependent(w.Events[i].Access, s.Access) {
			t.reverse(w, path, at-1, i+1, s.Proc, s.Access, s.Before)
		}
	}
}

// conflicts finds the earlier steps that a step at index at conflicts with.
func (t *tree) conflicts(w *model.World, path []*node, at int, p model.ID, access []model.Access, before model.Clock, needs []int, blocks bool) {
	var last []int
	for _, a := range access {
		if a.Mode != model.Live || w.Killed(a.On) {
			last = append(last, w.On(a.On)...)
		}
	}
	slices.Sort(last)
	last = slices.Compact(last)
	for k := len(last) - 1; k >= 0; k-- {
		i := last[k]
		if i >= at {
			continue
		}
		e := &w.Events[i]
		if e.Proc == p || e.Forced || before.At(e.Proc) >= e.N || slices.Contains(needs, i) || !model.Dependent(e.Access, access) {
			continue
		}
		if !blocks && between(w, i, at, p, access, last[k+1:]) {
			continue
		}
		t.reverse(w, path, i, at, p, access, before)
	}
}

// between reports whether the conflict of step i with the one at index at goes by
// way of another step, so that it can't be reversed by itself.
func between(w *model.World, i, at int, p model.ID, access []model.Access, later []int) bool {
	e := &w.Events[i]
	for _, j := range later {
		if j >= at {
			break
		}
		g := &w.Events[j]
		if g.Proc != p && g.Clock.At(e.Proc) >= e.N && model.Dependent(g.Access, access) {
			return true
		}
	}
	return false
}

// reverse adds a choice at the node before step i by which the later operation of
// p can come first.
func (t *tree) reverse(w *model.World, path []*node, i, at int, p model.ID, access []model.Access, before model.Clock) {
	if w.Events[i].Tail && i > 0 && w.Events[i-1].Proc == w.Events[i].Proc {
		i-- // the process died of the step before: that is the one to put off, and what comes after it
	}
	e := &w.Events[i]
	// Those steps in between that do not come after e can be made without it; the
	// first step of each process among them that comes after no other such step is
	// an initial.
	var seen, initials model.Set
	var free []int
	for j := i + 1; j < at; j++ {
		g := &w.Events[j]
		if g.Clock.At(e.Proc) >= e.N {
			continue
		}
		if !seen.Has(g.Proc) {
			seen = seen.With(g.Proc)
			first := true
			for _, k := range free {
				if h := &w.Events[k]; g.Clock.At(h.Proc) >= h.N {
					first = false
					break
				}
			}
			if first {
				initials = initials.With(g.Proc)
			}
		}
		free = append(free, j)
	}
	if !seen.Has(p) {
		first := true
		for _, k := range free {
			h := &w.Events[k]
			if before.At(h.Proc) >= h.N || model.Dependent(h.Access, access) {
				first = false
				break
			}
		}
		if first {
			initials = initials.With(p)
		}
	}
	n := path[i]
	for n.forced && n.parent != nil {
		n = n.parent
	}
	initials &= n.enabled
	if initials == 0 {
		for s := n.enabled; s != 0; s = s.Rest() {
			if !n.asleep(s.First()) {
				t.add(n, s.First())
			}
		}
		return
	}
	for s := initials; s != 0; s = s.Rest() {
		if n.tried.Has(s.First()) || n.asleep(s.First()) {
			return
		}
	}
	choice := initials.First()
	if initials.Has(p) {
		choice = p
	}
	t.add(n, choice)
}

func (n *node) asleep(p model.ID) bool {
	return slices.ContainsFunc(n.sleep, func(s sleeper) bool { return s.proc == p })
}
