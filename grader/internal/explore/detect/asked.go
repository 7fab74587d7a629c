package detect

import (
	"lockstep/grader/internal/explore/model"
	"lockstep/mp/trace"
)

// askedEarly: a process has asked whether another has ended, for the last time before it
// did.
func askedEarly(w *model.World) (Diagnosis, bool) {
	return asked(w, func(*model.Event) bool { return true })
}

// askedDeadEarly is askedEarly, of one that has died.
func askedDeadEarly(w *model.World) (Diagnosis, bool) {
	return asked(w, func(end *model.Event) bool { return end.Phase == model.Dies })
}

func asked(w *model.World, of func(end *model.Event) bool) (Diagnosis, bool) {
	o := orderOf(w)
	answered := map[string]bool{} // who was asked later
	for i := len(w.Events) - 1; i >= 0; i-- {
		e := &w.Events[i]
		if e.Op.Kind != trace.Alive || answered[e.Op.Object] {
			continue
		}
		answered[e.Op.Object] = true
		child := w.At(e.Op.Object)
		if child == nil || child.Killed || child.Ended < i || before(w, o.hard, i, child.Ended) || !of(&w.Events[child.Ended]) {
			continue
		}
		d := Diagnosis{Pattern: MissingJoin, Steps: []int{i, child.Ended}}
		d.note(i, "%s has not been joined yet, and still runs", w.Title(child.ID))
		d.note(child.Ended, "comes after %s has asked, in step %d", w.Title(e.Proc), i+1)
		return d, true
	}
	return Diagnosis{}, false
}
