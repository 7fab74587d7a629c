package detect

import (
	"lockstep/grader/internal/explore/model"
	"lockstep/mp/trace"
)

// doneEarly: a process says of a value of a queue that it is done, and before it gets the
// next it changes something at which another has looked who has waited until all is done.
func doneEarly(w *model.World) (Diagnosis, bool) {
	type look struct{ i, wait int }
	done, waited := map[model.ID]int{}, map[model.ID]int{} // the last such step of each
	looks := map[place][]look{}
	for i := range w.Events {
		e := &w.Events[i]
		if o := e.Op.Operation(); o.On == trace.OnQueue {
			switch {
			case o.Kind == trace.Notify:
				done[e.Proc] = i
			case o.Kind == trace.Recv:
				delete(done, e.Proc)
			case o.Kind == trace.Wait && e.Ready:
				waited[e.Proc] = i
			}
			continue
		}
		at, writes, ok := anyAccess(e)
		if wait, has := waited[e.Proc]; ok && has && !writes {
			looks[at] = append(looks[at], look{i, wait})
		}
		said, has := done[e.Proc]
		if !ok || !has || !writes {
			continue
		}
		for _, l := range looks[at] {
			if wait := &w.Events[l.wait]; wait.Proc == e.Proc || wait.Op.Object != w.Events[said].Op.Object || l.wait < said {
				continue
			}
			d := Diagnosis{Pattern: OrderViolation, Object: w.Events[said].Op.Object, Steps: []int{said, l.wait, l.i, i}}
			d.Short = w.Did(said, "calls Done") + " and changes " + w.Called(at.object) + " after that"
			d.note(said, "says so before %s", step(i))
			d.note(l.i, "comes after all is done, by %s, and before %s", step(l.wait), step(i))
			return d, true
		}
	}
	return Diagnosis{}, false
}
