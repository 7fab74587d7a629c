package model

import "lockstep/mp/trace"

// flags are what is done to events; asking one is reading its cell.
var flags = primitive{
	{trace.New, "event"}:          making{},
	{trace.Notify, "event.set"}:   flagging{set: true},
	{trace.Notify, "event.clear"}: flagging{},
	{trace.Wait, "event.wait"}:    waitingEvent{},
}

// flagging sets an event's flag, or clears it.
type flagging struct {
	free
	set bool
}

func (flagging) touch(w *World, _ *Proc, next *Pending, _ bool) []Access {
	return []Access{{On: w.resource(ofCell, next.Op.Object, -1, ""), Mode: Write}}
}

func (f flagging) apply(w *World, _ *Proc, next *Pending, i int) error {
	r := w.resource(ofCell, next.Op.Object, -1, "")
	w.write(r, i, map[bool]string{true: "set", false: "not set"}[f.set])
	c := w.cellOf(r)
	if f.set && !c.set {
		c.raise = i
	}
	c.set = f.set
	return nil
}

// waitingEvent is a wait for an event's flag.
type waitingEvent struct{}

func (waitingEvent) ready(w *World, _ *Proc, next *Pending) (bool, []int) {
	c := w.cellOf(w.resource(ofCell, next.Op.Object, -1, ""))
	return c.set, []int{c.raise}
}

func (waitingEvent) touch(w *World, _ *Proc, next *Pending, _ bool) []Access {
	return []Access{{On: w.resource(ofCell, next.Op.Object, -1, ""), Mode: Read}}
}

func (waitingEvent) apply(w *World, _ *Proc, next *Pending, i int) error {
	w.Events[i].Saw = w.cellOf(w.resource(ofCell, next.Op.Object, -1, "")).wrote
	return nil
}

func (waitingEvent) waits(w *World, p *Proc, next *Pending) Waiting {
	why := "nobody is left to set it"
	if maker := w.maker(next.Op.Object); maker != nil && maker != p && maker.Ended < 0 {
		why = "nobody sets it, and " + w.Title(maker.ID) + ", which made it, waits too"
	}
	if cleared := w.cellOf(w.resource(ofCell, next.Op.Object, -1, "")).wrote; cleared >= 0 {
		why = w.Did(cleared, "cleared it") + ", and " + why
	}
	return Waiting{Proc: p.ID, Op: next.Op, Kind: ForFlag, Held: -1, For: "event " + w.Called(next.Op.Object), Why: why}
}

// maker is the process that made an object; nil: that is not known.
func (w *World) maker(object string) *Proc {
	for i := range w.Events {
		if e := &w.Events[i]; e.Op.Kind == trace.New && e.Op.Object == object {
			return w.Proc(e.Proc)
		}
	}
	return nil
}
