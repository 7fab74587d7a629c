package detect

import (
	"lockstep/grader/internal/explore/model"
	"lockstep/mp/trace"
)

// This file finds what another has changed between a read and the write that relies on it.

// stale finds a process that reads a place and later writes it although another
// has written it in between, the writes with the fewest steps from its read first.
// again: the process has read the place once more before it writes.
func stale(w *model.World, again bool) (read, other, write int, at place, ok bool) {
	best := -1
	updates(w, again, func(from, i int, between []int, where place) {
		if best < 0 || i-from < best {
			best, read, other, write, at, ok = i-from, from, between[0], i, where, true
		}
	})
	return read, other, write, at, ok
}

// updates tells of each write to a place that its process has read before, and that others
// have written in between: by which steps.
func updates(w *model.World, again bool, tell func(read, write int, between []int, at place)) {
	type reader struct {
		p  model.ID
		at place
	}
	reads := map[reader][]int{}
	writes := map[place][]int{}
	for i := range w.Events {
		e := &w.Events[i]
		where, isWrite, isAccess := access(e)
		if !isAccess {
			continue
		}
		r := reader{e.Proc, where}
		if !isWrite {
			reads[r] = append(reads[r], i)
			continue
		}
		if mine := reads[r]; len(mine) > 0 {
			from := mine[len(mine)-1]
			if again {
				from = mine[0]
			}
			var between []int
			for _, j := range writes[where] {
				if j > from && w.Events[j].Proc != e.Proc {
					between = append(between, j)
				}
			}
			if between != nil {
				tell(from, i, between, where)
			}
		}
		delete(reads, r)
		writes[where] = append(writes[where], i)
	}
}

// Lost is how many updates are lost in a run: writes that others have overwritten without
// having seen them.
func Lost(w *model.World) int {
	lost := map[int]bool{}
	updates(w, false, func(_, _ int, between []int, _ place) {
		for _, j := range between {
			lost[j] = true
		}
	})
	return len(lost)
}

// Loses reports whether an update is lost in a run, or a process acts on what is not so
// any more, whatever comes of it.
func Loses(w *model.World) bool {
	_, _, _, _, ok := stale(w, false)
	return ok
}

// lostUpdate: a write overwrites one that its process has not seen.
func lostUpdate(w *model.World) (Diagnosis, bool) {
	read, other, write, at, ok := stale(w, false)
	if !ok {
		return Diagnosis{}, false
	}
	d := Diagnosis{Pattern: LostUpdate, Object: at.object, Steps: []int{read, other, write}}
	if acts(w, w.Events[read].Proc, read, write, at) {
		d.Pattern = CheckThenAct
		d.note(write, "relies on what %s saw, which %s has changed", step(read), step(other))
	} else {
		d.Undoes = map[int]int{write: other}
		d.note(write, "overwrites %s", step(other))
		d.note(write, "used the value read in %s", step(read))
	}
	d.Steps = append(d.Steps, sourceOf(w, other, at)...)
	d.Steps = append(d.Steps, locksBetween(w, d.Steps)...)
	for i := range write {
		if p := w.Events[i].Proc; w.Events[i].TimeOver() && (p == w.Events[write].Proc || p == w.Events[other].Proc) {
			d.Steps = append(d.Steps, i)
			d.note(i, "%s goes on without what it waited for", w.Title(p))
		}
	}
	return d, true
}

// acts reports whether a process does something to other objects between two steps:
// then what it read was a condition, not the value to go on from.
func acts(w *model.World, p model.ID, from, to int, at place) bool {
	for i := from + 1; i < to; i++ {
		e := &w.Events[i]
		if e.Proc != p {
			continue
		}
		switch e.Op.Kind {
		case trace.Set, trace.Send, trace.Start, trace.Print:
			return true
		case trace.Call:
			if where, writes, ok := access(e); !ok || ok && writes && where != at {
				return true
			}
		}
	}
	return false
}

// checkThenAct: what a process looked at was changed by another before it acts on
// it, although it looks again for the new value.
func checkThenAct(w *model.World) (Diagnosis, bool) {
	read, other, write, at, ok := stale(w, true)
	if !ok || together(w, read, write, other) {
		return Diagnosis{}, false
	}
	d := Diagnosis{Pattern: CheckThenAct, Object: at.object, Steps: []int{read, other, write}}
	d.note(write, "relies on what %s saw, which %s has changed", step(read), step(other))
	d.Steps = append(d.Steps, locksBetween(w, d.Steps)...)
	return d, true
}

// actsOnCount: a process looks at a whole list or dict, its length or all that is in it, and
// does something to it although another has changed it in between.
func actsOnCount(w *model.World) (Diagnosis, bool) {
	type looker struct {
		p  model.ID
		at string
	}
	looks := map[looker]int{}
	writes := map[string][]int{}
	for i := range w.Events {
		e := &w.Events[i]
		o := e.Op.Operation()
		if e.Phase != model.Call || e.Op.Kind != trace.Call {
			continue
		}
		r := looker{e.Proc, e.Op.Object}
		if o.Has(trace.Whole) && o.Has(trace.Reads) {
			looks[r] = i
			continue
		}
		if look, ok := looks[r]; ok {
			for _, j := range writes[e.Op.Object] {
				if j > look && w.Events[j].Proc != e.Proc {
					d := Diagnosis{Pattern: CheckThenAct, Object: e.Op.Object, Steps: []int{look, j, i}}
					d.note(i, "relies on what %s saw, which %s has changed", step(look), step(j))
					d.Steps = append(d.Steps, locksBetween(w, d.Steps)...)
					return d, true
				}
			}
		}
		if o.Has(trace.Writes) {
			delete(looks, r)
			writes[e.Op.Object] = append(writes[e.Op.Object], i)
		}
	}
	return Diagnosis{}, false
}

// sourceOf is the read that a write's process made of the same place before it.
func sourceOf(w *model.World, write int, at place) []int {
	for i := write - 1; i >= 0; i-- {
		if w.Events[i].Proc != w.Events[write].Proc {
			continue
		}
		if where, writes, ok := access(&w.Events[i]); ok && where == at && !writes {
			return []int{i}
		}
	}
	return nil
}

// locksBetween are the steps by which those who made the given steps took locks
// and gave them back around them.
func locksBetween(w *model.World, steps []int) []int {
	var procs model.Set
	first, last := len(w.Events), 0
	var out []int
	for _, i := range steps {
		e := &w.Events[i]
		procs = procs.With(e.Proc)
		first, last = min(first, i), max(last, i)
		for _, h := range e.Held {
			out = append(out, h.Since)
		}
	}
	for i := first; i <= last; i++ {
		e := &w.Events[i]
		if procs.Has(e.Proc) && (takesLock(e) || givesLock(e)) {
			out = append(out, i)
		}
	}
	return out
}
