package detect

import (
	"slices"

	"lockstep/grader/internal/explore/model"
	"lockstep/mp/trace"
)

// killed: a process was killed for no reason of the program's. What it had in its hands is
// lost unless somebody puts it back, and what it had done is done twice if whoever begins
// after it does that again.
func killed(w *model.World) (Diagnosis, bool) {
	at := slices.IndexFunc(w.Events, func(e model.Event) bool { return w.Struck(&e) })
	if at < 0 {
		return Diagnosis{}, false
	}
	victim := w.Whose(&w.Events[at])
	d := Diagnosis{Pattern: Killed, Steps: []int{lastOf(w, victim, at), at}}
	if took := InHand(w, at); took >= 0 {
		d.Steps = append(d.Steps, took)
		if !putBack(w, took) {
			d.note(took, "nobody puts it back")
		}
		return d, true
	}
	did := -1
	for i := range at {
		if e := &w.Events[i]; e.Proc == victim && handsOver(e) {
			did = i
		}
	}
	if did < 0 {
		return d, true
	}
	place, writes, _ := anyAccess(&w.Events[did])
	for i := at + 1; writes && i < len(w.Events); i++ {
		e := &w.Events[i]
		other, again, _ := anyAccess(e)
		if again && other == place && slices.ContainsFunc(w.Events[at:i], func(s model.Event) bool { return s.Child == e.Proc }) {
			d.Steps = append(d.Steps, did, i)
			d.note(did, "has been done when %s is killed", w.Title(victim))
			d.note(i, "comes on top of %s", step(did))
			break
		}
	}
	return d, true
}

// InHand is the step by which a process that is killed by a step at an index had taken the
// last message out of a pipe or queue, if it has handed over nothing since, and has not said
// that it is done; -1: none.
func InHand(w *model.World, at int) int {
	victim := w.Whose(&w.Events[at])
	for i := at - 1; i >= 0; i-- {
		switch e := &w.Events[i]; {
		case e.Proc != victim:
		case handsOver(e), e.Op.Kind == trace.Notify && e.Op.Operation().On == trace.OnQueue:
			return -1
		case e.Op.Kind == trace.Recv && e.Saw >= 0:
			return i
		}
	}
	return -1
}

// putBack reports whether a message that was taken is sent or put again later.
func putBack(w *model.World, took int) bool {
	sent := w.Events[w.Events[took].Saw].Op
	return slices.ContainsFunc(w.Events[took:], func(e model.Event) bool {
		return e.Phase == model.Call && e.Op.Kind == trace.Send && e.Op.Hash == sent.Hash
	})
}

// handsOver reports whether a step gives a value to whoever wants it.
func handsOver(e *model.Event) bool {
	return e.Phase == model.Call && (e.Op.Kind == trace.Send || e.Op.Operation().Has(trace.Writes))
}
