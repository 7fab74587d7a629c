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
	dying  model.Set // who could be killed before the clock was put forward to this moment
	state  uint64    // of the moment that the run has come to; 0: not known
	met    *visit    // the run has come to a moment that was explored before
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
			if n.later && n.stuck.Has(p) != n.stuck.Has(j.choice) {
				continue // the one before the clock was put forward, the other after
			}
			if (!t.deaths || n.made.Has(p)) && (!n.forced || n.stuck.Has(p)) {
				b.sleep = append(b.sleep, sleeper{p, slices.Concat(n.ends[p], n.doing[p].access)})
			}
		}
	}
	return b
}

// look describes what every process would do now, and under which locks where runs merge.
func look(w *model.World, enabled model.Set, merge bool) map[model.ID]doing {
	m := make(map[model.ID]doing, enabled.Len())
	for s := enabled; s != 0; s = s.Rest() {
		p := w.Proc(s.First())
		op := w.Next(p).Op
		d := doing{print: model.Shape(op), op: op, access: w.Touches(p)}
		if merge {
			d.locks = w.Locks(p)
		}
		m[p.ID] = d
	}
	return m
}

func (b *branch) pick(w *model.World, enabled model.Set, current model.ID) (model.ID, bool) {
	dying := b.dying
	b.dying = 0
	if b.at < len(b.path) {
		return b.follow(w, enabled|dying)
	}
	if len(w.Events) < len(b.tree.begin) {
		p, ok := b.tree.begin.next(w, enabled)
		if !ok {
			b.lost = true
			return 0, false
		}
		n := b.extend(w, enabled, false)
		n.chosen, n.tried = []model.ID{p}, enabled // there is no other choice
		return p, true
	}
	if b.meet(w) {
		return 0, false
	}
	if b.bound() {
		return b.begin(w, enabled|w.Mortal())
	}
	available := enabled.Without(asleep(b.sleep))
	if available == 0 {
		b.extend(w, enabled|w.Mortal(), false).stuck = w.Mortal()
		return 0, false
	}
	p := goOn(w, available, current)
	if b.tree.seen != nil {
		p = alone(w, available, p)
	}
	n := b.extend(w, enabled|w.Mortal()|dying, false)
	n.chosen, n.tried, n.stuck, n.later = []model.ID{p}, model.SetOf(p), dying, dying != 0
	return p, true
}

// bound reports whether the next step is one that all runs begin with, which begin makes.
func (b *branch) bound() bool { return len(b.path)+len(b.added) < len(b.tree.prefix) }

func (b *branch) begin(w *model.World, enabled model.Set) (model.ID, bool) {
	p := w.At(b.tree.prefix[len(b.path)+len(b.added)])
	if p == nil || !enabled.Has(p.ID) {
		b.lost = true
		return 0, false
	}
	n := b.extend(w, enabled, false)
	n.chosen, n.tried = []model.ID{p.ID}, model.SetOf(p.ID)
	return p.ID, true
}

// stuck never kills of its own accord. Where nobody goes on, no later step will ask for it,
// so whoever may be killed then is: see node.stuck.
func (b *branch) stuck(w *model.World, mortal model.Set) (model.ID, bool) {
	if b.at < len(b.path) {
		p := b.chosen()
		if !mortal.Has(p) { // time passes
			if w.Due() {
				b.dying = mortal
			}
			return 0, false
		}
		b.at++
		return p, true
	}
	if b.bound() {
		if p := w.At(b.tree.prefix[len(b.path)+len(b.added)]); p != nil && mortal.Has(p.ID) {
			return b.begin(w, mortal)
		}
	} else if w.Due() {
		b.dying, b.sleep = mortal, nil // to be killed after that is something else
	} else if _, passes := w.Timeout(); !passes {
		b.extend(w, mortal, false).stuck = mortal
	}
	return 0, false
}

// chosen is where the job's path went from its next node.
func (b *branch) chosen() model.ID {
	if b.at+1 < len(b.path) {
		return b.path[b.at+1].via
	}
	return b.job.choice
}

// follow goes where the job's path went.
func (b *branch) follow(w *model.World, enabled model.Set) (model.ID, bool) {
	choice := b.chosen()
	if !b.sameAs(b.path[b.at], w, enabled|w.Mortal()) {
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
				same = before && model.Shape(now) == was.print && enabled.Has(id)
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

func (b *branch) only(w *model.World, p model.ID, mortal model.Set) bool {
	if b.at < len(b.path) {
		n := b.path[b.at]
		if !n.forced || !b.sameAs(n, w, model.SetOf(p)|mortal) {
			b.lost = true
			return false
		}
		b.at++
		return true
	}
	bound := b.bound() // then nobody is killed in its place
	n := b.extend(w, model.SetOf(p)|mortal, true)
	n.chosen, n.tried = []model.ID{p}, model.SetOf(p)
	if !bound {
		n.stuck = mortal
	}
	return true
}

// extend adds a node below the last one.
func (b *branch) extend(w *model.World, enabled model.Set, forced bool) *node {
	n := &node{state: b.state, depth: len(b.path) + len(b.added), enabled: enabled, forced: forced, doing: look(w, enabled, b.tree.seen != nil), sleep: b.sleep, children: map[model.ID]*node{}}
	if k := len(b.added); k > 0 {
		up := b.added[k-1]
		n.parent, n.via = up, up.chosen[0]
		up.children[n.via] = n
	}
	b.added, b.state = append(b.added, n), 0
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
// been the other way round, a choice is added. whole: the run was not cut, and what was
// not made in it is not made. The tree's lock is held.
func (t *tree) analyse(x *Execution, path []*node, from int, whole bool) {
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
	if !whole || w.Telling() < len(w.Events) {
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

// without looks at the steps from i+1 to before at that do not come after step i, and can be
// made without it: who makes them, who of those can be the first to, and which they are.
func without(w *model.World, i, at int) (seen, initials model.Set, free []int) {
	e := &w.Events[i]
	for j := i + 1; j < at; j++ {
		g := &w.Events[j]
		clock := g.Clock
		if j+1 < len(w.Events) && w.Events[j+1].Tail && w.Events[j+1].Proc == g.Proc {
			clock = w.Events[j+1].Clock // its process dies of it: what its death comes after, the step does
		}
		if clock.At(e.Proc) >= e.N {
			continue
		}
		if !seen.Has(g.Proc) {
			seen = seen.With(g.Proc)
			comesAfter := func(k int) bool { h := &w.Events[k]; return clock.At(h.Proc) >= h.N }
			if !slices.ContainsFunc(free, comesAfter) {
				initials = initials.With(g.Proc)
			}
		}
		free = append(free, j)
	}
	return seen, initials, free
}

// reverse adds a choice at the node before step i by which the later operation of
// p can come first.
func (t *tree) reverse(w *model.World, path []*node, i, at int, p model.ID, access []model.Access, before model.Clock) {
	if w.Events[i].Tail && i > 0 && w.Events[i-1].Proc == w.Events[i].Proc {
		i-- // the process died of the step before: that is the one to put off, and what comes after it
	}
	if next := at + 1; next < len(w.Events) && w.Events[at].Proc == p && w.Events[next].Tail && w.Events[next].Proc == p {
		access = slices.Concat(access, w.Events[next].Access) // p dies of it, so that it comes first only with its death
	}
	seen, initials, free := without(w, i, at)
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
	t.choose(path[i], initials, p)
}

// choose adds a choice at a moment, p if it can be, unless one of those that can come first is
// there already or asleep. Where none of them could go on, all who can are added.
func (t *tree) choose(n *node, initials model.Set, p model.ID) {
	for n.forced && n.parent != nil {
		n = n.parent
	}
	slept := asleep(n.sleep)
	initials &= n.enabled
	switch {
	case initials == 0:
		for s := n.enabled.Without(slept); s != 0; s = s.Rest() {
			t.add(n, s.First())
		}
	case initials&(n.tried|slept) != 0:
	case initials.Has(p):
		t.add(n, p)
	default:
		t.add(n, initials.First())
	}
}

func asleep(sleep []sleeper) (s model.Set) {
	for _, p := range sleep {
		s = s.With(p.proc)
	}
	return s
}
