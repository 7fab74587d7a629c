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
	return Waiting{Proc: p.ID, Op: next.Op, Kind: ForFlag, Held: -1,
		For: "event " + w.Called(next.Op.Object), Why: "nobody is left to set it"}
}
