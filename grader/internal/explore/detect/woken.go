package detect

import (
	"slices"

	"lockstep/grader/internal/explore/model"
	"lockstep/mp/trace"
)

// wokenLate: a process goes on after its wait at a condition without looking again at what
// made it wait, and another has changed that between the signal and its having the lock
// again.
func wokenLate(w *model.World) (Diagnosis, bool) {
	for back := range w.Events {
		e := &w.Events[back]
		if e.Op.Kind != trace.Wait || e.Op.Operation().On != trace.OnCond || !takesLock(e) {
			continue
		}
		signal := slices.IndexFunc(e.Needs, func(i int) bool { return w.Events[i].Op.Kind == trace.Notify })
		wait := lastOf(w, e.Proc, back)
		looked := lastOf(w, e.Proc, wait)
		at, writes, ok := access(&w.Events[looked])
		if signal < 0 || !ok || writes || looksAgain(w, looked, back, at) {
			continue
		}
		signal = e.Needs[signal]
		for i := back - 1; i > signal; i-- {
			f := &w.Events[i]
			if where, writes, _ := access(f); !writes || where != at || f.Proc == w.Events[signal].Proc {
				continue
			}
			d := Diagnosis{Pattern: CheckThenAct, Object: at.object, Steps: []int{looked, wait, signal, i, back}}
			d.Short = w.Did(back, "goes on after its Wait") + " without looking again at " + w.Called(at.object)
			d.note(signal, "wakes %s", w.Title(e.Proc))
			d.note(i, "changes what %s waits for, before it has the lock again", w.Title(e.Proc))
			d.note(back, "does not look at %s again, as it did in %s; %s has changed it", w.Called(at.object), step(looked), step(i))
			for k := back + 1; k < len(w.Events); k++ {
				if g := &w.Events[k]; g.Proc == e.Proc {
					d.Steps = append(d.Steps, k) // what comes of it
					if g.Phase == model.Dies || givesLock(g) {
						break
					}
				}
			}
			return d, true
		}
	}
	return Diagnosis{}, false
}

// looksAgain reports whether the next that the process of a step does to a place is to
// read it where it has read it before.
func looksAgain(w *model.World, looked, from int, at place) bool {
	for i := from + 1; i < len(w.Events); i++ {
		e := &w.Events[i]
		if where, writes, ok := access(e); ok && where == at && e.Proc == w.Events[from].Proc {
			return !writes && e.Op.Site == w.Events[looked].Op.Site
		}
	}
	return false
}
