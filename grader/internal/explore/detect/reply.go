package detect

import (
	"fmt"

	"lockstep/grader/internal/explore/model"
	"lockstep/mp/trace"
)

// crossed: who asks is given the answer to what another has asked. Both ask the same
// process, and both take what it sends where the other does. Its answers are told apart by
// their order alone: what is sent n-th answers what was received n-th.
func crossed(w *model.World) (Diagnosis, bool) {
	var d Diagnosis
	here := receivers(w)
	for j := range w.Events {
		took := &w.Events[j]
		answer := sentBy(w, took)
		if answer < 0 || here[took.Op.Object].Len() < 2 {
			continue
		}
		question := questionOf(w, answer)
		if question < 0 {
			continue
		}
		asker := w.Events[question].Proc
		if asker == took.Proc || !awaits(w, took, w.Events[question].Op.Object, j) || !here[took.Op.Object].Has(asker) {
			continue
		}
		d.note(j, "takes the answer to what %s asked in %s", w.Title(asker), step(question))
		d.Steps = append(d.Steps, question, answer, j)
		if d.Object == "" {
			d.Pattern, d.Object = OrderViolation, took.Op.Object
			d.Short = fmt.Sprintf("%s takes the answer to what %s asked", w.Title(took.Proc), w.Title(asker))
		}
	}
	return d, d.Object != ""
}

// sentBy is the step by which a message was sent that a step receives; -1: it receives
// none.
func sentBy(w *model.World, e *model.Event) int {
	if e.Phase != model.Call || e.Op.Kind != trace.Recv || e.Saw < 0 || w.Events[e.Saw].Op.Kind != trace.Send {
		return -1
	}
	return e.Saw
}

// questionOf is the step by which a message was sent that another one answers: of those
// that its sender has received as many were before it as answers were before this one;
// -1: it answers none.
func questionOf(w *model.World, answer int) int {
	a := &w.Events[answer]
	var asked []int // what its sender received before, of others
	answers := 0
	for i := range answer {
		e := &w.Events[i]
		if e.Proc != a.Proc {
			continue
		}
		if sent := sentBy(w, e); sent >= 0 {
			asked = append(asked, sent)
		} else if e.Phase == model.Call && e.Op.Kind == trace.Send && e.Op.Object == a.Op.Object {
			answers++
		}
	}
	if answers >= len(asked) {
		return -1
	}
	return asked[answers]
}

// awaits reports whether the process of a step has itself sent more messages there, before
// it, than it has received here.
func awaits(w *model.World, took *model.Event, there string, before int) bool {
	open := 0
	for i := range before {
		e := &w.Events[i]
		switch {
		case e.Proc != took.Proc || e.Phase != model.Call:
		case e.Op.Kind == trace.Send && e.Op.Object == there:
			open++
		case e.Op.Kind == trace.Recv && e.Op.Object == took.Op.Object:
			open--
		}
	}
	return open > 0
}

// receivers are the processes that receive there, by end or queue.
func receivers(w *model.World) map[string]model.Set {
	all := map[string]model.Set{}
	for i := range w.Events {
		if e := &w.Events[i]; sentBy(w, e) >= 0 {
			all[e.Op.Object] = all[e.Op.Object].With(e.Proc)
		}
	}
	return all
}
