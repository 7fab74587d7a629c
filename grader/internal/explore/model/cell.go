package model

import "lockstep/mp/trace"

// cell is what is known of a value, an element, an entry or a flag.
type cell struct {
	wrote int    // the step that wrote it last; -1
	value string // what it holds, printed; empty while nobody has said
	raise int    // a flag: the step that set it, when it was not set before; -1
	set   bool   // a flag; or an entry of a dict that is there
	whole bool   // it stands for all of a list or dict
	past  uint64 // … and this is what has changed it, where the order matters
	size  int    // … of a list
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

var cells = primitive{
	{trace.New, "value"}: making{},
	{trace.New, "array"}: making{},
	{trace.Get, ""}:      getting{},
	{trace.Set, ""}:      setting{},
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
