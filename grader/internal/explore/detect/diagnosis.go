package detect

import (
	"fmt"
	"slices"
	"strings"

	"lockstep/grader/internal/explore/model"
	"lockstep/mp/trace"
)

// Diagnosis names what went wrong in a run, and the steps that show it.
type Diagnosis struct {
	Pattern Pattern
	Object  string           // what it is about; empty where it is not one thing
	Steps   []int            // in order
	Notes   map[int][]string // of steps; they count steps from 1
	With    map[int][]int    // … the steps that they speak of
	Undoes  map[int]int      // a write, and the one that it overwrites unseen
	Short   string           // what happened, in a few words to go on with; may be empty
	Loose   bool             // all that is known is that nothing orders two steps: right runs have to show that it matters
}

// step is a step that a note speaks of.
type step int

func (s step) String() string { return fmt.Sprintf("step %d", int(s)+1) }

func (d *Diagnosis) note(i int, format string, args ...any) {
	if d.Notes == nil {
		d.Notes, d.With = map[int][]string{}, map[int][]int{}
	}
	d.Notes[i] = append(d.Notes[i], fmt.Sprintf(format, args...))
	for _, a := range args {
		if s, ok := a.(step); ok {
			d.With[i] = append(d.With[i], int(s))
		}
	}
}

// Mistake diagnoses a run that came to its end with a wrong result. It looks for
// what really happened in the run, the most telling first. panics says that a process
// died of a panic; one that dies without may have left by os.Exit, as it was meant to.
func Mistake(w *model.World, panics bool) Diagnosis {
	looks := []func(*model.World) (Diagnosis, bool){wokenLate, crash, killed, lostUpdate, gaveUp, checkThenAct, tornLine, doneEarly, missingJoin, actsOnCount, askedEarly, crossed, tooEarly, wrongOrder}
	if !panics {
		looks = slices.Insert(looks, 0, askedDeadEarly)
	}
	for _, look := range looks {
		if d, ok := look(w); ok {
			slices.Sort(d.Steps)
			d.Steps = slices.Compact(d.Steps)
			return d
		}
	}
	return Diagnosis{Pattern: Wrong}
}

func crash(w *model.World) (Diagnosis, bool) {
	for i := range w.Events {
		if e := &w.Events[i]; e.Phase == model.Dies {
			d := Diagnosis{Pattern: Crash, Steps: []int{i}}
			if i > 0 {
				d.Steps = append(d.Steps, lastOf(w, e.Proc, i))
			}
			d.note(i, "%s dies here", w.Title(e.Proc))
			return d, true
		}
	}
	return Diagnosis{}, false
}

// lastOf is the last step of a process before step i; i when there is none.
func lastOf(w *model.World, p model.ID, i int) int {
	for j := i - 1; j >= 0; j-- {
		if w.Events[j].Proc == p {
			return j
		}
	}
	return i
}

// missingJoin: a process looks at something, or ends, and a child of its own that
// it has not joined changes it later.
func missingJoin(w *model.World) (Diagnosis, bool) {
	o := orderOf(w)
	type look struct {
		p model.ID
		i int
	}
	reads := map[place][]look{}
	for i := range w.Events {
		e := &w.Events[i]
		at, writes, ok := anyAccess(e)
		if !ok {
			continue
		}
		if !writes {
			reads[at] = append(reads[at], look{e.Proc, i})
			continue
		}
		for _, r := range reads[at] {
			if within(w, e.Proc, r.p) && !before(w, o.hard, r.i, i) {
				d := Diagnosis{Pattern: MissingJoin, Object: at.object, Steps: []int{r.i, i}}
				d.note(r.i, "%s has not been joined yet", w.Title(childOf(w, e.Proc, r.p)))
				d.note(i, "comes after %s has looked, in %s", w.Title(r.p), step(r.i))
				return d, true
			}
		}
	}
	for _, id := range w.Started {
		p := w.Proc(id)
		if p.Parent < 0 || p.Killed || p.Ended < 0 {
			continue
		}
		if up := w.Proc(p.Parent); up.Ended >= 0 && up.Ended < p.Ended && !up.Killed {
			d := Diagnosis{Pattern: MissingJoin, Steps: []int{up.Ended, p.Ended}}
			d.note(up.Ended, "%s%s has not been joined and still runs", w.Title(id), started(w, p))
			for i := range w.Events {
				if e := &w.Events[i]; e.Proc == up.ID && e.TimeOver() && e.Op.Kind == trace.Join && w.At(e.Op.Object) == p {
					d.Steps = append(d.Steps, i)
					d.note(i, "%s goes on, and %s still runs", w.Title(up.ID), w.Title(id))
				}
			}
			return d, true
		}
	}
	return Diagnosis{}, false
}

// started says where in the source a process was started.
func started(w *model.World, p *model.Proc) string {
	for i := range w.Events {
		if e := &w.Events[i]; e.Child == p.ID && e.Op.Site.Line != 0 {
			return ", started at " + e.Op.Site.String() + ","
		}
	}
	return ""
}

// gaveUp: a process went on after a wait whose time was over as if it had what it
// waited for: it gives back a permit that it did not get, or takes away what it
// meets at the same object again.
func gaveUp(w *model.World) (Diagnosis, bool) {
	for i := range w.Events {
		e := &w.Events[i]
		if !e.TimeOver() || e.Op.Kind != trace.Acquire {
			continue
		}
		for j := i + 1; j < len(w.Events); j++ {
			f := &w.Events[j]
			if f.Proc != e.Proc || f.Op.Object != e.Op.Object {
				continue
			}
			if f.Op.Kind == trace.Release {
				d := Diagnosis{Pattern: OrderViolation, Object: e.Op.Object, Steps: []int{i, j}}
				d.note(i, "%s goes on without what it waited for", w.Title(e.Proc))
				d.note(j, "gives back what %s did not get", step(i))
				for k := range w.Events {
					if g := &w.Events[k]; g.Proc != e.Proc && g.Op.Object == e.Op.Object && g.Op.Kind != trace.New {
						d.Steps = append(d.Steps, k)
					}
				}
				return d, true
			}
			break
		}
	}
	return Diagnosis{}, false
}

// tornLine: a process prints within a line that another prints in pieces.
func tornLine(w *model.World) (Diagnosis, bool) {
	o := orderOf(w)
	open := map[model.ID]int{} // who is within a line, since which step
	for j := range w.Events {
		f := &w.Events[j]
		if f.Phase != model.Says {
			continue
		}
		for _, p := range w.Started {
			i, ok := open[p]
			if !ok || p == f.Proc || before(w, o.hard, i, j) {
				continue
			}
			d := Diagnosis{Pattern: TornLine, Steps: []int{i, j}}
			d.note(i, "the line goes on in another call")
			d.note(j, "comes into the line that %s has begun in %s", w.Title(p), step(i))
			for k := j + 1; k < len(w.Events); k++ {
				if g := &w.Events[k]; g.Phase == model.Says && g.Proc == p {
					d.Steps = append(d.Steps, k)
					break
				}
			}
			return d, true
		}
		if delete(open, f.Proc); !strings.HasSuffix(f.Op.Arg, "\n") {
			open[f.Proc] = j
		}
	}
	return Diagnosis{}, false
}

// tooEarly: a process has stopped waiting for what another does later.
func tooEarly(w *model.World) (Diagnosis, bool) {
	for i := range w.Events {
		e := &w.Events[i]
		if !e.TimeOver() {
			continue
		}
		for j := i + 1; j < len(w.Events); j++ {
			f := &w.Events[j]
			if f.Proc == e.Proc || !sameThing(f.Op, e.Op) {
				continue
			}
			switch f.Op.Kind {
			case trace.Send, trace.Set, trace.Release, trace.Unlock, trace.Notify, trace.Recv, trace.Wait:
				d := Diagnosis{Pattern: OrderViolation, Object: e.Op.Object, Steps: []int{i, j}}
				d.note(i, "%s goes on without what it waited for", w.Title(e.Proc))
				d.note(j, "comes after %s has stopped waiting for it, in %s", w.Title(e.Proc), step(i))
				return d, true
			}
		}
	}
	return Diagnosis{}, false
}

// anyAccess is access, with calls that concern a whole list or dict as well.
func anyAccess(e *model.Event) (at place, writes, ok bool) {
	if e.Phase != model.Call {
		return place{}, false, false
	}
	if e.Op.Kind == trace.Call {
		return place{object: e.Op.Object}, e.Op.Operation().Has(trace.Writes), true
	}
	return access(e)
}

// within reports whether a process was started by another or by one of its children.
func within(w *model.World, p, ancestor model.ID) bool { return childOf(w, p, ancestor) >= 0 }

// childOf is the child of a process by way of which another descends from it; -1
// when it does not.
func childOf(w *model.World, p, ancestor model.ID) model.ID {
	for q := w.Proc(p); q != nil && q.Parent >= 0; q = w.Proc(q.Parent) {
		if q.Parent == ancestor {
			return q.ID
		}
	}
	return -1
}

// wrongOrder: two steps that nothing orders, and whose order another run can
// reverse: messages that meet, accesses to one place, texts.
func wrongOrder(w *model.World) (Diagnosis, bool) {
	// Messages of different senders to one receiver first: they are what programs
	// rely on most.
	if i, j, ok := unordered(w, func(e *model.Event) bool {
		return e.Phase == model.Call && (e.Op.Kind == trace.Send || e.Op.Kind == trace.Give || e.Op.Kind == trace.Call && (e.Op.Method == "list.append" || e.Op.Method == "list.extend"))
	}); ok {
		return order(w, i, j), true
	}
	if i, j, ok := firstOfSeveral(w); ok {
		return order(w, i, j), true
	}
	for _, f := range Races(w) {
		d := order(w, f.Steps[0], f.Steps[1])
		d.Object = f.Object
		return d, true
	}
	for _, rest := range []func(*model.Event) bool{
		func(e *model.Event) bool { return e.Op.Kind != trace.Print && shared(e) },
		func(e *model.Event) bool { return e.Op.Kind == trace.Print },
	} {
		if i, j, ok := unordered(w, rest); ok {
			return order(w, i, j), true
		}
	}
	return Diagnosis{}, false
}

func shared(e *model.Event) bool {
	if e.Op.Operation().Has(trace.Any) {
		return false // it finds nothing by itself
	}
	switch e.Op.Kind {
	case trace.Get, trace.Set, trace.Call, trace.Recv, trace.Take, trace.Alive, trace.TryLock, trace.Poll, trace.Lock:
		return true
	}
	return e.Op.Kind == trace.Join && e.Op.Limit != 0
}

// mostReceipts bounds how many steps show who received which message.
const mostReceipts = 10

func order(w *model.World, i, j int) Diagnosis {
	d := Diagnosis{Pattern: OrderViolation, Object: w.Events[j].Op.Object, Steps: []int{i, j}, Loose: true}
	if w.Events[j].Op.Kind == trace.Print {
		d.Object = ""
	}
	d.note(j, "nothing makes it come after %s", step(i))
	for k := range w.Events {
		f, e := &w.Events[j], &w.Events[k]
		if f.Op.Kind == trace.Send && e.Op.Kind == trace.Recv && sameThing(e.Op, f.Op) && len(d.Steps) < mostReceipts {
			d.Steps = append(d.Steps, k) // who got which
		}
	}
	return d
}

// unordered finds the first two steps of different processes that conflict, of
// the sort asked for, without one knowing of the other.
func unordered(w *model.World, sort func(*model.Event) bool) (int, int, bool) {
	o := orderOf(w)
	for j := range w.Events {
		f := &w.Events[j]
		if !sort(f) {
			continue
		}
		for i := range j {
			e := &w.Events[i]
			if e.Proc != f.Proc && sort(e) && !before(w, o.hard, i, j) && model.Dependent(e.Access, f.Access) {
				return i, j, true
			}
		}
	}
	return 0, 0, false
}
