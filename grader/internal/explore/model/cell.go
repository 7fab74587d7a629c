package model

import (
	"strings"

	"lockstep/mp/trace"
)

// cell is what is known of a value, an element, an entry or a flag.
type cell struct {
	wrote int    // the step that wrote it last; -1
	value string // what it holds, printed; empty while nobody has said
	raise int    // a flag: the step that set it, when it was not set before; -1
	set   bool
}

func (w *World) cellOf(r Resource) *cell {
	c := w.cells[r]
	if c == nil {
		c = &cell{wrote: -1, raise: -1}
		w.cells[r] = c
	}
	return c
}

func (w *World) read(r Resource, i int) {
	e := &w.Events[i]
	c := w.cellOf(r)
	e.Saw = c.wrote
	if c.wrote < 0 && c.value == "" {
		c.value = e.Op.Result
	}
	e.Value = c.value
}

func (w *World) write(r Resource, i int, value string) {
	c := w.cellOf(r)
	c.wrote, c.value = i, value
	w.Events[i].Value = value
}

type getting struct{ free }

func (getting) touch(w *World, _ *Proc, next *Pending, _ bool) []Access {
	return []Access{{On: w.resource(ofCell, next.Op.Object, next.Op.Index, ""), Mode: Read}}
}

func (getting) apply(w *World, _ *Proc, next *Pending, i int) error {
	w.read(w.resource(ofCell, next.Op.Object, next.Op.Index, ""), i)
	return nil
}

type setting struct{ free }

func (setting) touch(w *World, _ *Proc, next *Pending, _ bool) []Access {
	return []Access{{On: w.resource(ofCell, next.Op.Object, next.Op.Index, ""), Mode: Write}}
}

func (setting) apply(w *World, _ *Proc, next *Pending, i int) error {
	w.write(w.resource(ofCell, next.Op.Object, next.Op.Index, ""), i, next.Op.Arg)
	return nil
}

// calling is a call to a manager. Calls conflict by key; those that concern a
// whole list or dict conflict with all that change it.
type calling struct{ free }

// call is what a method does to one entry and to the whole.
type call struct {
	entry Mode
	whole Mode
	keyed bool // there is an entry
	only  bool // nothing is done to the whole
}

var calls = map[string]call{
	"list.append": {whole: Reshape},
	"list.insert": {whole: Reshape},
	"list.remove": {whole: Reshape},
	"list.get":    {entry: Read, whole: LookShape, keyed: true},
	"list.set":    {entry: Write, whole: Part, keyed: true},
	"list.len":    {whole: LookShape},
	"list.all":    {whole: LookAll},
	"dict.get":    {entry: Read, keyed: true, only: true},
	"dict.set":    {entry: Write, whole: Part, keyed: true},
	"dict.delete": {entry: Write, whole: Part, keyed: true},
	"dict.len":    {whole: LookAll},
	"dict.all":    {whole: LookAll},
	"dict.keys":   {whole: LookAll},
}

func methodOf(op trace.Event) call {
	c, ok := calls[op.Method]
	if !ok {
		c = call{whole: Reshape} // conflicts with everything: never wrong, only slow
	}
	return c
}

func (calling) touch(w *World, _ *Proc, next *Pending, _ bool) []Access {
	op := next.Op
	c := methodOf(op)
	list := []Access{{On: w.resource(ofService, "", -1, ""), Mode: Read}}
	if c.keyed {
		list = append(list, Access{On: w.resource(ofEntry, op.Object, -1, op.Key), Mode: c.entry})
	}
	if !c.only {
		mode := c.whole
		if strings.HasPrefix(op.Method, "dict.") && mode == Part && w.names.keysOrdered(op.Object) {
			mode = Reshape
		}
		list = append(list, Access{On: w.resource(ofWhole, op.Object, -1, ""), Mode: mode})
	}
	return list
}

func (calling) apply(w *World, _ *Proc, next *Pending, i int) error {
	op := next.Op
	if op.Method == "dict.keys" {
		w.names.keysMatter(op.Object)
	}
	c := methodOf(op)
	whole := w.resource(ofWhole, op.Object, -1, "")
	switch {
	case c.keyed && c.entry == Read:
		w.read(w.resource(ofEntry, op.Object, -1, op.Key), i)
	case c.keyed:
		w.write(w.resource(ofEntry, op.Object, -1, op.Key), i, op.Arg)
		w.cellOf(whole).wrote = i
	case c.whole == Reshape:
		w.cellOf(whole).wrote = i
	default:
		w.Events[i].Saw = w.cellOf(whole).wrote
	}
	return nil
}

// notifyings set and clear an event's flag, or signal a condition.
type notifyings struct{ free }

func (notifyings) touch(w *World, _ *Proc, next *Pending, _ bool) []Access {
	if onCond(next.Op) {
		return []Access{{On: w.resource(ofMeeting, next.Op.Object, -1, ""), Mode: Arrive}}
	}
	return []Access{{On: w.resource(ofCell, next.Op.Object, -1, ""), Mode: Write}}
}

func (notifyings) apply(w *World, _ *Proc, next *Pending, i int) error {
	if onCond(next.Op) {
		w.condOf(next.Op.Object).notify(next.Op.Method == "cond.broadcast", i)
		return nil
	}
	r := w.resource(ofCell, next.Op.Object, -1, "")
	set := next.Op.Method == "event.set"
	w.write(r, i, map[bool]string{true: "set", false: "not set"}[set])
	c := w.cellOf(r)
	if set && !c.set {
		c.raise = i
	}
	c.set = set
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
