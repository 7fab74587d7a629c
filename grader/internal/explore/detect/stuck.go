package detect

import (
	"slices"
	"strings"

	"lockstep/grader/internal/explore/model"
	"lockstep/mp/trace"
)

// Stuck diagnoses a run whose processes can't go on. It looks for the wait that
// the others follow from.
func Stuck(w *model.World, waits []model.Waiting) Diagnosis {
	d := stuck(w, waits)
	for i := range waits {
		d.Steps = append(d.Steps, ledTo(w, &waits[i])...)
	}
	if lost, ok := lostUpdate(w); ok && d.Object != "" && lost.Object == d.Object {
		d.Steps, d.Notes, d.With, d.Undoes = append(d.Steps, lost.Steps...), lost.Notes, lost.With, lost.Undoes // it waits for what was lost
	}
	if d.Pattern == Starvation && slices.ContainsFunc(waits, func(x model.Waiting) bool { return x.Kind == model.ForPermit && x.Op.Object == d.Object }) {
		d.kept(w, d.Object)
	}
	slices.Sort(d.Steps)
	d.Steps = slices.Compact(d.Steps)
	return d
}

// kept shows who has ended with a permit that others wait for, and what that process
// looked at last: it may have gone another way by what it saw.
func (d *Diagnosis) kept(w *model.World, object string) {
	for _, took := range w.Kept(object) {
		p := w.Proc(w.Events[took].Proc)
		d.Steps = append(d.Steps, took, p.Ended)
		d.note(p.Ended, "has not given back the permit of %s", step(took))
		for i := p.Ended; i > took; i-- {
			e := &w.Events[i]
			if e.Proc != p.ID || e.Op.Kind != trace.Get {
				continue
			}
			if d.Steps = append(d.Steps, i); e.Saw >= 0 && w.Events[e.Saw].Proc != p.ID {
				d.Steps = append(d.Steps, e.Saw)
				d.note(i, "sees what %s has set in %s", w.Title(w.Events[e.Saw].Proc), step(e.Saw))
			}
			break
		}
	}
}

func stuck(w *model.World, waits []model.Waiting) Diagnosis {
	of := func(kinds ...model.WaitKind) *model.Waiting {
		for i := range waits {
			if slices.Contains(kinds, waits[i].Kind) {
				return &waits[i]
			}
		}
		return nil
	}
	name := func(p Pattern, about *model.Waiting) Diagnosis { return Diagnosis{Pattern: p, Object: objectOf(about)} }
	if own := of(model.ForOwnLock); own != nil {
		return name(SelfDeadlock, own)
	}
	dead, crashed := crash(w)
	if x := of(model.ForSameEnd); x != nil && !crashed {
		return name(SameEnd, x) // whatever the sender waits for, such as the end of the receiver
	}
	if circle := model.Circle(waits); circle != nil {
		return inCircle(w, circle)
	}
	if crashed {
		return dead // the others wait for what it did not come to do
	}
	if x := of(model.ForChange); x != nil {
		return name(Livelock, x)
	}
	if x := of(model.ForPermit, model.ForFlag, model.ForSignal); x != nil {
		return name(Starvation, x)
	}
	if x := of(model.ForOthers); x != nil { // who may be those who wait for something else
		return name(Starvation, x)
	}
	if x := of(model.ForEnd); x != nil {
		return name(EndLeftOpen, x)
	}
	if x := of(model.ForMessage); x != nil {
		return name(NobodySends, x)
	}
	if x := of(model.ForRoom, model.ForTaker); x != nil {
		return name(Starvation, x)
	}
	if len(waits) > 0 {
		return name(Starvation, &waits[0])
	}
	return Diagnosis{Pattern: Deadlock}
}

func objectOf(x *model.Waiting) string {
	if x.Op.Kind == trace.Join {
		return ""
	}
	if x.Op.Operation().On == trace.OnCond && x.Kind == model.ForLock {
		return x.Op.Key
	}
	return x.Op.Object
}

// inCircle names a circle of waits.
func inCircle(w *model.World, circle []model.Waiting) Diagnosis {
	var join, full, message, other *model.Waiting
	for i := range circle {
		x := &circle[i]
		switch x.Kind {
		case model.ForJoin, model.ForTasks:
			join = x
		case model.ForRoom, model.ForTaker:
			full = x
		case model.ForMessage, model.ForEnd:
			message = x
		default:
			other = x
		}
	}
	switch {
	case other != nil:
		return Diagnosis{Pattern: Deadlock, Object: objectOf(other)}
	case join != nil && full != nil:
		return Diagnosis{Pattern: JoinFirst, Object: full.Op.Object}
	case join != nil && message != nil && onlyReceiver(w, message):
		return Diagnosis{Pattern: EndLeftOpen, Object: message.Op.Object}
	case join != nil && message != nil:
		return Diagnosis{Pattern: NobodySends, Object: message.Op.Object}
	case message != nil:
		return Diagnosis{Pattern: Deadlock, Object: message.Op.Object}
	case full != nil:
		return Diagnosis{Pattern: Deadlock, Object: full.Op.Object}
	}
	return Diagnosis{Pattern: Deadlock}
}

// onlyReceiver reports whether a process that waits for a message has received
// others at the same place in the source, and nobody else has at that end: then
// it goes on until the end of the pipe.
func onlyReceiver(w *model.World, x *model.Waiting) bool {
	before := false
	for i := range w.Events {
		e := &w.Events[i]
		if e.Op.Kind != trace.Recv || e.Op.Object != x.Op.Object {
			continue
		}
		if e.Proc != x.Proc {
			return false
		}
		before = before || e.Op.Site == x.Op.Site
	}
	return before
}

// ledTo are the steps that explain a wait: those by which its process holds its
// locks, the one by which the lock it wants was taken, and the last of others to
// what it waits for.
func ledTo(w *model.World, x *model.Waiting) []int {
	var out []int
	if x.Held >= 0 {
		out = append(out, x.Held)
	}
	last := -1
	for i := range w.Events {
		if w.Events[i].Proc == x.Proc {
			last = i
		}
	}
	if last >= 0 {
		for _, h := range w.Events[last].Held {
			out = append(out, h.Since)
		}
		if e := &w.Events[last]; takesLock(e) {
			out = append(out, last)
		}
	}
	if x.Op.Kind == trace.Join {
		return out
	}
	const most = 4
	for i, n := len(w.Events)-1, 0; i >= 0 && n < most; i-- {
		e := &w.Events[i]
		if about(e.Op, x.Op) && e.Op.Kind != trace.New && e.Op.Kind != trace.Lock && e.Op.Kind != trace.Unlock {
			out = append(out, i)
			n++
		}
	}
	return out
}

// sameThing reports whether two operations are on one object, be it at different
// ends of a pipe.
func sameThing(a, b trace.Event) bool {
	return thing(a.Object) == thing(b.Object)
}

// about reports whether an operation is on what another waits for, or on one of several.
func about(op, wait trace.Event) bool {
	if wait.Object == "" && wait.Operation().Has(trace.Any) {
		return slices.ContainsFunc(wait.Carries, func(what string) bool { return thing(op.Object) == thing(what) })
	}
	return sameThing(op, wait)
}

func thing(object string) string { return strings.TrimRight(object, "ab") }
