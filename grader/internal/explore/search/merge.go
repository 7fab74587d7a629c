package search

import (
	"encoding/binary"
	"slices"

	"lockstep/grader/internal/explore/model"
)

// Runs merge: when one comes to a moment that was explored before, what would come after
// it is known, and it is cut there. What is known of such a moment is which steps were made
// anywhere below it. Each of them could come before a step of the cut run that it conflicts
// with, and is looked at as if it were about to be made: Yang, Chen, Gopalakrishnan and
// Kirby, "Efficient Stateful Dynamic Partial Order Reduction", SPIN 2008. With sleepers, a
// moment counts as explored only for those who sleep when it is met again.
//
// Programs end, and what a process has learned only grows: a moment is never met again
// while it is being explored by the same run. So n processes that take a lock and add one
// make (n-2)·2^(n-1)+2 runs instead of n!: what counts is who has been, not in which order.

// mostSeen bounds how many moments are kept.
const mostSeen = 1 << 19

// visit is a moment that was explored.
type visit struct {
	slept model.Set // who was asleep then
	below stepSet
}

// made is a step that was made somewhere, whenever that was.
type made struct {
	proc   model.ID
	access []model.Access
	locks  []model.Resource // that its process held by itself, or took
}

// stepSet is a set of steps, by their index in tree.made.
type stepSet []uint64

func (s *stepSet) add(i int) {
	for i/64 >= len(*s) {
		*s = append(*s, 0)
	}
	(*s)[i/64] |= 1 << (i % 64)
}

func (s *stepSet) join(t stepSet) {
	for len(*s) < len(t) {
		*s = append(*s, 0)
	}
	for i, w := range t {
		(*s)[i] |= w
	}
}

func (s stepSet) has(i int) bool { return i/64 < len(s) && s[i/64]>>(i%64)&1 != 0 }

// meet looks whether the run has come to a moment that need not be explored again.
func (b *branch) meet(w *model.World) bool {
	t := b.tree
	if t.seen == nil {
		return false
	}
	b.state = w.State()
	t.mu.Lock()
	defer t.mu.Unlock()
	visits := t.seen[b.state]
	i := slices.IndexFunc(visits, func(v visit) bool { return v.slept.Without(asleep(b.sleep)) == 0 })
	if i >= 0 {
		b.met = &visits[i]
	}
	return i >= 0
}

// step is the index of a step.
func (t *tree) step(p model.ID, access []model.Access, locks []model.Resource) int {
	var b []byte
	b = binary.AppendUvarint(b, uint64(p))
	for _, a := range access {
		b = binary.AppendUvarint(b, uint64(a.On))
		b = append(b, byte(a.Mode), 0)
		if a.Line {
			b[len(b)-1] = 1
		}
		b = binary.AppendUvarint(b, a.Text)
	}
	for _, l := range locks {
		b = binary.AppendUvarint(append(b, 0), uint64(l))
	}
	i, ok := t.index[string(b)]
	if !ok {
		i = len(t.made)
		t.index[string(b)] = i
		t.made = append(t.made, made{p, access, locks})
	}
	return i
}

// remember notes what a run says of the moments on its path, and looks for what the steps
// below the moment that it was cut at conflict with. The tree's lock is held.
func (t *tree) remember(b *branch, x *Execution, path []*node) {
	if t.seen == nil {
		return
	}
	if x.World.Odd || x.Ending != Ended && x.Ending != Deadlocked && x.Ending != Asleep {
		for _, n := range path {
			n.odd = true
		}
		return
	}
	for _, h := range x.World.Halts() { // what a process did not live to do, and who was not killed
		for _, s := range h.Blocked {
			path[h.At-1].below.add(t.step(s.Proc, s.Access, s.Locks))
		}
	}
	last := path[len(path)-1]
	switch {
	case b.met != nil:
		last.below.join(b.met.below)
		for i, m := range t.made {
			if b.met.below.has(i) {
				t.foreseen(x.World, path, m)
			}
		}
	case x.Ending == Deadlocked, x.Ending == Asleep: // whom others have to let go, who may sleep
		for _, s := range x.World.Stopped() {
			last.below.add(t.step(s.Proc, s.Access, s.Locks))
		}
	}
}

// foreseen adds choices by which a step that will be made some time can come before each
// that it conflicts with, and before a death where it conflicts with what the dead would
// have done. Two that are made under one lock do not come before or after each other by
// themselves: that is decided where the lock is taken. Who kills takes none.
func (t *tree) foreseen(w *model.World, path []*node, m made) {
	knows := w.Knows(m.proc)
	before := func(i int) bool { e := &w.Events[i]; return knows.At(e.Proc) >= e.N }
	for i := range w.Events {
		e := &w.Events[i]
		if e.Proc == m.proc || e.Forced || before(i) || !model.Dependent(e.Access, m.access) || !w.Struck(e) && e.Under(m.locks) {
			continue
		}
		t.sooner(w, path, i, m.proc)
	}
	for _, h := range w.Halts() {
		for _, s := range h.Blocked {
			if h.Lost && s.Proc != m.proc && !before(h.At-1) && model.Dependent(s.Access, m.access) {
				t.sooner(w, path, h.At-1, m.proc)
			}
		}
	}
}

// sooner adds a choice before step i by which a step that p will make some time can come
// first. What comes before that is not known: p may have to wait for others, who are found
// once it has been let go. If it sleeps, it is not.
func (t *tree) sooner(w *model.World, path []*node, i int, p model.ID) {
	seen, initials, _ := without(w, i, len(w.Events))
	if seen == 0 && !asleep(path[i].sleep).Has(p) {
		initials = model.SetOf(p)
	}
	t.choose(path[i], initials, p)
}

// leave closes a moment whose choices have all been explored. The tree's lock is held.
func (t *tree) leave(n *node) {
	if t.seen == nil {
		return
	}
	for s := n.made; s != 0; s = s.Rest() {
		d := n.doing[s.First()]
		n.below.add(t.step(s.First(), d.access, d.locks))
	}
	if n.state != 0 && !n.odd && len(t.seen) < mostSeen {
		t.seen[n.state] = append(t.seen[n.state], visit{asleep(n.sleep), n.below})
	}
	if up := n.parent; up != nil {
		up.below.join(n.below)
		up.odd = up.odd || n.odd
	}
}

// alone returns a process whose next step concerns nobody else, or else p: moments are the
// more often the same the less is left of what could have been done at any time.
func alone(w *model.World, available model.Set, p model.ID) model.ID {
	for s := available; s != 0; s = s.Rest() {
		if len(w.Touches(w.Proc(s.First()))) == 1 { // its own
			return s.First()
		}
	}
	return p
}
