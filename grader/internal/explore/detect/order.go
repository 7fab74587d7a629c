package detect

import (
	"slices"

	"lockstep/grader/internal/explore/model"
	"lockstep/mp/trace"
)

// orders has two happens-before clocks for each step: by all synchronisation, and
// by what does not depend on who came first: starts, joins and messages.
type orders struct {
	all  []model.Clock
	hard []model.Clock
}

// orderOf computes them. Values, arrays and prints order nothing; a manager's
// write comes before the reads that saw it, and a manager's own lock orders
// nothing, which would hide races.
func orderOf(w *model.World) orders {
	o := orders{make([]model.Clock, len(w.Events)), make([]model.Clock, len(w.Events))}
	all, hard := map[model.ID]model.Clock{}, map[model.ID]model.Clock{}
	freed := map[string]*given{}
	for i := range w.Events {
		e := &w.Events[i]
		a, h := all[e.Proc].Copy(), hard[e.Proc].Copy()
		a.Set(e.Proc, e.N)
		h.Set(e.Proc, e.N)
		for _, j := range comesAfter(w, i) {
			a.Join(o.all[j])
			if !e.Op.Operation().Has(trace.Looks) {
				h.Join(o.hard[j])
			}
		}
		if e.Op.Operation().Has(trace.Passes) {
			for _, j := range e.Met { // also where it could have given up instead
				if j >= 0 {
					a.Join(o.all[j])
				}
			}
		}
		lock := freed[lockIn(e.Op)]
		if lock == nil {
			lock = &given{alone: -1}
			freed[lockIn(e.Op)] = lock
		}
		if takesLock(e) && lock.alone >= 0 {
			a.Join(o.all[lock.alone])
		}
		switch {
		case does(e, model.Hold):
			for _, j := range lock.shares {
				a.Join(o.all[j])
			}
			lock.shares = nil
		case does(e, model.Free):
			lock.alone = i
		case does(e, model.Unshare):
			lock.shares = append(lock.shares, i)
		}
		o.all[i], o.hard[i] = a, h
		all[e.Proc], hard[e.Proc] = a, h
		if e.Child >= 0 {
			all[e.Child], hard[e.Child] = a.Copy(), h.Copy()
		}
	}
	return o
}

// given are the steps by which a lock was given back: last by one who held it alone,
// and since by those who shared it.
type given struct {
	alone  int
	shares []int
}

// comesAfter lists the steps that a step waits for or learns of.
func comesAfter(w *model.World, i int) []int {
	e := &w.Events[i]
	var list []int
	add := func(j int) {
		if j >= 0 && j < i {
			list = append(list, j)
		}
	}
	switch o := e.Op.Operation(); {
	case o.Kind == trace.Join, o.Kind == trace.Alive:
		if child := w.At(e.Op.Object); child != nil {
			add(child.Ended)
		}
	case o.Has(trace.Passes):
		for _, j := range e.Needs {
			if o.On != trace.OnCond || !takesLock(&w.Events[i]) || !givesLock(&w.Events[max(j, 0)]) {
				add(j)
			}
		}
		add(e.Saw)
	case o.Kind == trace.Call:
		add(e.Saw)
	case o.Kind == trace.Get:
		if e.Saw >= 0 && w.Events[e.Saw].Op.Kind == trace.Notify {
			add(e.Saw) // an event's flag
		}
	}
	return list
}

// takesLock and givesLock say what a step does to a lock, by itself or, at a
// condition, on the way.
func takesLock(e *model.Event) bool { return does(e, model.Hold) || does(e, model.Share) }
func givesLock(e *model.Event) bool { return does(e, model.Free) || does(e, model.Unshare) }

func does(e *model.Event, m model.Mode) bool {
	return slices.ContainsFunc(e.Access, func(a model.Access) bool { return a.Mode == m })
}

// lockIn is the lock that an operation takes or gives back.
func lockIn(op trace.Event) string {
	if op.Operation().On == trace.OnCond {
		return op.Key
	}
	return op.Object
}

// before reports whether step i comes before step j by a set of clocks.
func before(w *model.World, clocks []model.Clock, i, j int) bool {
	e := &w.Events[i]
	return clocks[j].At(e.Proc) >= e.N
}

// firstOfSeveral finds what a process came upon that waited for the first of several, and
// what else could have been first: two steps of which neither knows of the other.
func firstOfSeveral(w *model.World) (int, int, bool) {
	o := orderOf(w)
	for k := range w.Events {
		wait := &w.Events[k]
		if !wait.Op.Operation().Has(trace.Any) {
			continue
		}
		i, first := cameUpon(w, k)
		for j := i + 1; i >= 0 && j < len(w.Events); j++ {
			other := func(what string) bool { return what != first && brings(w, j, what) }
			if w.Events[j].Proc != w.Events[i].Proc && slices.ContainsFunc(wait.Op.Carries, other) && !before(w, o.hard, i, j) {
				return i, j, true
			}
		}
	}
	return 0, 0, false
}

// cameUpon is the step that a wait for several came upon, and at which of them; -1: none.
func cameUpon(w *model.World, wait int) (step int, what string) {
	for i := wait + 1; i < len(w.Events); i++ {
		e := &w.Events[i]
		if e.Proc != w.Events[wait].Proc {
			continue
		}
		asks := e.Op.Kind == trace.Poll || e.Op.Kind == trace.Alive
		if asks && e.Ready && len(e.Met) > 0 {
			return e.Met[len(e.Met)-1], e.Op.Object
		}
		if !asks || e.Ready {
			break
		}
	}
	return -1, ""
}

// brings reports whether a step is the end of a process, or sends to an end of a pipe, that
// is waited for.
func brings(w *model.World, step int, what string) bool {
	if p := w.At(what); p != nil {
		return p.Ended == step
	}
	op := w.Events[step].Op
	return op.Kind == trace.Send && sameThing(op, trace.Event{Object: what}) && op.Object != what
}
