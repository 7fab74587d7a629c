package model

import "lockstep/mp/trace"

// managers are what is done to managers and to the lists and dicts that they keep.
// Calls conflict by key; those that concern a whole list or dict conflict with all
// that change it.
var managers = primitive{
	{trace.New, "manager"}:         making{},
	{trace.Close, "manager.close"}: closingManager{},

	{trace.New, "list"}:         making{},
	{trace.Call, "list.append"}: calling{whole: Reshape},
	{trace.Call, "list.insert"}: calling{whole: Reshape},
	{trace.Call, "list.remove"}: calling{whole: Reshape},
	{trace.Call, "list.get"}:    calling{entry: Read, whole: LookShape, keyed: true},
	{trace.Call, "list.set"}:    calling{entry: Write, whole: Part, keyed: true},
	{trace.Call, "list.len"}:    calling{whole: LookShape},
	{trace.Call, "list.all"}:    calling{whole: LookAll},

	{trace.New, "dict"}:         making{},
	{trace.Call, "dict.get"}:    calling{entry: Read, keyed: true, only: true},
	{trace.Call, "dict.set"}:    calling{entry: Write, whole: Part, keyed: true},
	{trace.Call, "dict.delete"}: calling{entry: Write, whole: Part, keyed: true},
	{trace.Call, "dict.len"}:    calling{whole: LookAll},
	{trace.Call, "dict.all"}:    calling{whole: LookAll},
	{trace.Call, "dict.keys"}:   calling{whole: LookAll},
}

type closingManager struct{ free }

func (closingManager) touch(w *World, _ *Proc, _ *Pending, _ bool) []Access {
	return []Access{{On: w.resource(ofService, "", -1, ""), Mode: Write}}
}

func (closingManager) apply(w *World, _ *Proc, next *Pending, _ int) error {
	w.closed += mix(hashText(next.Op.Object), 1)
	return nil
}

// calling is a call: what it does to one entry, and to the whole.
type calling struct {
	free
	entry Mode
	whole Mode
	keyed bool // there is an entry
	only  bool // nothing is done to the whole
}

func (c calling) touch(w *World, _ *Proc, next *Pending, _ bool) []Access {
	op := next.Op
	list := []Access{{On: w.resource(ofService, "", -1, ""), Mode: Read}}
	if c.keyed {
		list = append(list, Access{On: w.resource(ofEntry, op.Object, -1, op.Key), Mode: c.entry})
	}
	if !c.only {
		mode := c.whole
		if op.Operation().On == trace.OnDict && mode == Part && w.names.keysOrdered(op.Object) {
			mode = Reshape
		}
		list = append(list, Access{On: w.resource(ofWhole, op.Object, -1, ""), Mode: mode})
	}
	return list
}

func (c calling) apply(w *World, _ *Proc, next *Pending, i int) error {
	op := next.Op
	if op.Method == "dict.keys" {
		w.names.keysMatter(op.Object)
	}
	whole := w.resource(ofWhole, op.Object, -1, "")
	all := w.cellOf(whole)
	all.whole = true
	if op.Operation().Has(trace.Writes) && (op.Operation().On == trace.OnList || w.names.keysOrdered(op.Object)) {
		all.past = mix(all.past, op.Hash)
	}
	switch {
	case c.keyed && c.entry == Read:
		w.read(w.resource(ofEntry, op.Object, -1, op.Key), i)
	case c.keyed:
		w.write(w.resource(ofEntry, op.Object, -1, op.Key), i, op.Arg)
		all.wrote = i
	case c.whole == Reshape:
		all.wrote = i
	default:
		w.Events[i].Saw = all.wrote
	}
	return nil
}
