package model

import (
	"slices"
	"strconv"

	"lockstep/mp/trace"
)

// managers are what is done to managers and to the lists and dicts that they keep.
// Calls conflict by key; those that concern a whole list or dict conflict with all
// that change it.
var managers = primitive{
	{trace.New, "manager"}:         making{},
	{trace.Close, "manager.close"}: closingManager{},

	{trace.New, "list"}:         making{},
	{trace.Call, "list.append"}: calling{entry: Write, whole: Append},
	{trace.Call, "list.extend"}: calling{whole: Reshape},
	{trace.Call, "list.insert"}: calling{whole: Reshape},
	{trace.Call, "list.remove"}: calling{whole: Reshape},
	{trace.Call, "list.get"}:    calling{entry: Read, whole: LookPart, keyed: true},
	{trace.Call, "list.set"}:    calling{entry: Write, whole: Part, keyed: true},
	{trace.Call, "list.len"}:    calling{whole: LookShape},
	{trace.Call, "list.index"}:  calling{whole: LookAll},
	{trace.Call, "list.sort"}:   calling{whole: Reshape},
	{trace.Call, "list.all"}:    calling{whole: LookAll},

	{trace.New, "dict"}:             making{},
	{trace.Call, "dict.get"}:        calling{entry: Read, keyed: true, only: true},
	{trace.Call, "dict.set"}:        calling{entry: Write, whole: Grow, keyed: true},
	{trace.Call, "dict.setdefault"}: depending{on: absent, calling: calling{entry: Write, whole: Grow, keyed: true}},
	{trace.Call, "dict.pop"}:        depending{on: present, calling: calling{entry: Write, whole: Reshape, keyed: true}},
	{trace.Call, "dict.update"}:     updating{},
	{trace.Call, "dict.delete"}:     calling{entry: Write, whole: Reshape, keyed: true},
	{trace.Call, "dict.len"}:        calling{whole: LookShape},
	{trace.Call, "dict.all"}:        calling{whole: LookAll},
	{trace.Call, "dict.keys"}:       calling{whole: LookAll},
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
	keyed bool // the operation's key says which entry
	only  bool // nothing is done to the whole
}

func (c calling) touch(w *World, _ *Proc, next *Pending, _ bool) []Access {
	op := next.Op
	list := []Access{{On: w.resource(ofService, "", -1, ""), Mode: Read}}
	whole := w.resource(ofWhole, op.Object, -1, "")
	switch {
	case c.keyed:
		list = append(list, Access{On: w.resource(ofEntry, op.Object, -1, op.Key), Mode: c.entry})
	case c.whole == Append: // whose index another may ask for
		list = append(list, Access{On: w.resource(ofEntry, op.Object, -1, strconv.Itoa(w.cellOf(whole).size)), Mode: c.entry})
	}
	if !c.only {
		list = append(list, Access{On: whole, Mode: c.shapes(w, op)})
	}
	return list
}

// shapes is what a call does to the whole. Whether a dict has the entry already, those who
// set and delete it decide, which are dependent.
func (c calling) shapes(w *World, op trace.Event) Mode {
	if op.Operation().On != trace.OnDict || !op.Operation().Has(trace.Writes) {
		return c.whole
	}
	there := w.has(op)
	switch {
	case there && c.whole == Grow, !there && c.whole == Reshape:
		return Part // of what there is, or nothing
	case !w.names.keysOrdered(op.Object):
		return Grow
	case c.whole == Grow:
		return Append
	}
	return Reshape
}

// has reports whether a dict has the entry that an operation concerns.
func (w *World) has(op trace.Event) bool {
	return w.cellOf(w.resource(ofEntry, op.Object, -1, op.Key)).set
}

// depending is a call that changes an entry only if it is there, or only if it is not, and
// reads it otherwise.
type depending struct {
	calling
	on bool
}

const (
	present = true
	absent  = false
)

// as is what the call comes to.
func (c depending) as(w *World, op trace.Event) calling {
	if w.has(op) == c.on {
		return c.calling
	}
	return calling{entry: Read, keyed: true, only: true}
}

func (c depending) touch(w *World, p *Proc, next *Pending, ready bool) []Access {
	return c.as(w, next.Op).touch(w, p, next, ready)
}

func (c depending) apply(w *World, p *Proc, next *Pending, i int) error {
	as, saw := c.as(w, next.Op), w.cellOf(w.resource(ofEntry, next.Op.Object, -1, next.Op.Key)).wrote
	err := as.apply(w, p, next, i)
	w.Events[i].Saw = saw
	return err
}

// updating sets several entries of a dict at once.
type updating struct{ free }

// each has an operation for each of the entries, as if it were set alone.
func (updating) each(op trace.Event) []*Pending {
	var list []*Pending
	for _, key := range op.Carries {
		one := op
		one.Key = key
		list = append(list, &Pending{Op: one})
	}
	return list
}

var settingEntry = calling{entry: Write, whole: Grow, keyed: true}

func (u updating) touch(w *World, p *Proc, next *Pending, ready bool) []Access {
	list := []Access{{On: w.resource(ofService, "", -1, ""), Mode: Read}}
	for _, one := range u.each(next.Op) {
		for _, a := range settingEntry.touch(w, p, one, ready) {
			if !slices.Contains(list, a) {
				list = append(list, a)
			}
		}
	}
	return list
}

func (u updating) apply(w *World, p *Proc, next *Pending, i int) error {
	past := w.cellOf(w.resource(ofWhole, next.Op.Object, -1, "")).past
	for _, one := range u.each(next.Op) {
		if err := settingEntry.apply(w, p, one, i); err != nil {
			return err
		}
	}
	if all := w.cellOf(w.resource(ofWhole, next.Op.Object, -1, "")); all.past != past {
		all.past = mix(past, next.Op.Hash)
	}
	return nil
}

func (c calling) apply(w *World, _ *Proc, next *Pending, i int) error {
	op := next.Op
	if op.Method == "dict.keys" {
		w.names.keysMatter(op.Object)
	}
	whole := w.resource(ofWhole, op.Object, -1, "")
	all := w.cellOf(whole)
	all.whole = true
	if w.Events[i].Op.Outcome == trace.OK {
		switch op.Method {
		case "list.append", "list.insert":
			all.size++
		case "list.remove":
			all.size--
		case "dict.set", "dict.setdefault", "dict.update", "dict.delete", "dict.pop":
			if c.entry == Write {
				w.cellOf(w.resource(ofEntry, op.Object, -1, op.Key)).set = c.whole == Grow
			}
		}
	}
	if !c.only && op.Operation().Has(trace.Writes) && (op.Operation().On == trace.OnList || w.names.keysOrdered(op.Object)) {
		all.past = mix(all.past, op.Hash)
	}
	switch {
	case c.keyed && c.entry == Read:
		w.read(w.resource(ofEntry, op.Object, -1, op.Key), i)
	case c.keyed:
		w.write(w.resource(ofEntry, op.Object, -1, op.Key), i, op.Arg)
		all.wrote = i
	case c.whole == Append || c.whole == Reshape:
		all.wrote = i
	default:
		w.Events[i].Saw = all.wrote
	}
	return nil
}
