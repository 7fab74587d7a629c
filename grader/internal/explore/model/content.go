package model

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"lockstep/mp/trace"
)

// Content is what an object holds at a moment, as far as the run has shown it.
type Content struct {
	Made    trace.Event // its New
	Cells   []Cell      // of a value, an array, a list or a dict
	Holds   string      // what else it holds, in words: "2 permits"
	Owners  []Owner     // of a lock, or of the lock that a value has
	Streams []Stream    // of a pipe, two; of a queue, one
}

// Cell is one place that holds something.
type Cell struct {
	Index int    // of an array or list; -1
	Key   string // of a dict
	Value string // printed; empty: not known
}

// Owner is who holds a lock.
type Owner struct {
	Proc   ID
	Site   trace.Site // where he took it
	Shared bool       // others may hold it, too
	Dead   bool       // he has ended
}

// Stream is what was sent one way and not received yet.
type Stream struct {
	In, Out         string // the ends of a pipe; empty: of a queue
	Messages        []Message
	Senders, Takers []ID // who has an end, of a pipe
	Closed          bool // nobody can put anything in any more
	Places          int  // of a queue that has a number of them
}

// Message is something that was sent and not received yet.
type Message struct {
	From ID
	Text string // printed
	Size int    // bytes
}

// teller is an object that has more to tell than its state.
type teller interface{ tell(w *World, c *Content) }

// Contents are those of all objects, in the order in which they were made. Nothing is
// changed by looking.
func (w *World) Contents() []Content {
	var all []Content
	for i := range w.Events {
		made := w.Events[i].Op
		if _, known := w.Objects[made.Object]; !known || made.Kind != trace.New {
			continue
		}
		c := Content{Made: w.Objects[made.Object], Cells: w.cellsOf(made)}
		for id, o := range w.objects {
			if t, ok := o.(teller); ok && id.(identity).text() == made.Object {
				t.tell(w, &c)
			}
		}
		if made.Method == "pipe" {
			c.Streams = []Stream{w.way(made.Object+"a", made.Object+"b"), w.way(made.Object+"b", made.Object+"a")}
		}
		if c.Holds == "" && made.Method == "event" {
			c.Holds = "not set"
			if f := w.cells[w.resource(ofCell, made.Object, -1, "")]; f != nil && f.set {
				c.Holds = "set"
			}
		}
		all = append(all, c)
	}
	return all
}

// way is what goes into one end of a pipe and comes out at the other.
func (w *World) way(in, out string) Stream {
	way := Stream{In: in, Out: out, Senders: w.having(in), Takers: w.having(out)}
	way.Closed = len(way.Senders) == 0
	if d, ok := w.objects[idOf[*pipe](in)].(*pipe); ok {
		way.Messages = d.messages(w)
	}
	return way
}

// having is holders for an end that may not have been heard of.
func (w *World) having(end string) []ID {
	if w.ends[end] != nil {
		return w.holders(end)
	}
	maker, _, _ := strings.Cut(end, "#")
	if p := w.At(maker); p != nil && p.Ended < 0 {
		return []ID{p.ID}
	}
	return nil
}

func (d *pipe) messages(w *World) []Message {
	var all []Message
	for _, m := range d.queue {
		if m.step >= 0 {
			op := w.Events[m.step].Op
			all = append(all, Message{w.Events[m.step].Proc, op.Arg, op.Size})
		}
	}
	return all
}

// cellsOf are the places of a value, an array, a list or a dict.
func (w *World) cellsOf(made trace.Event) []Cell {
	switch made.Method {
	case "value":
		return []Cell{{-1, "", w.value(made.Object, -1, "")}}
	case "array":
		cells := make([]Cell, made.Size)
		for i := range cells {
			cells[i] = Cell{i, "", w.value(made.Object, i, "")}
		}
		return cells
	case "list":
		var cells []Cell
		for i, x := range w.list(made.Object) {
			cells = append(cells, Cell{i, "", x})
		}
		return cells
	case "dict":
		var cells []Cell
		entries := w.dict(made.Object)
		for _, key := range slices.Sorted(maps.Keys(entries)) {
			cells = append(cells, Cell{-1, key, entries[key]})
		}
		return cells
	}
	return nil
}

// value is what a cell holds; empty: nobody has said.
func (w *World) value(object string, index int, key string) string {
	for i := len(w.Events) - 1; i >= 0; i-- {
		e := &w.Events[i]
		switch {
		case e.Op.Object != object:
		case e.Op.Kind == trace.New && index >= 0:
			return "0"
		case e.Op.Kind == trace.New:
			return e.Op.Result
		case (e.Op.Kind == trace.Get || e.Op.Kind == trace.Set) && e.Op.Index == index && e.Op.Key == key:
			return e.Value
		}
	}
	return ""
}

// calls are what was done to a list or dict so far.
func (w *World) calls(object string) (all []trace.Event) {
	for i := range w.Events {
		if op := w.Events[i].Op; op.Object == object && op.Kind == trace.Call && op.Outcome == trace.OK {
			all = append(all, op)
		}
	}
	return all
}

func (w *World) list(object string) (all []string) {
	for _, op := range w.calls(object) {
		at, err := strconv.Atoi(op.Key)
		within := err == nil && at >= 0 && at < len(all)
		switch {
		case op.Method == "list.append":
			all = append(all, op.Arg)
		case op.Method == "list.insert" && err == nil && at >= 0 && at <= len(all):
			all = slices.Insert(all, at, op.Arg)
		case op.Method == "list.remove" && within:
			all = slices.Delete(all, at, at+1)
		case op.Method == "list.set" && within:
			all[at] = op.Arg
		}
	}
	return all
}

func (w *World) dict(object string) map[string]string {
	all := map[string]string{}
	for _, op := range w.calls(object) {
		switch op.Method {
		case "dict.set":
			all[op.Key] = op.Arg
		case "dict.delete":
			delete(all, op.Key)
		}
	}
	return all
}

func (l *lock) tell(w *World, c *Content) {
	if l.held {
		c.Owners = []Owner{{l.owner, w.Events[l.taken].Op.Site, false, l.orphaned >= 0}}
	}
}

func (l *rwlock) tell(w *World, c *Content) {
	for _, h := range l.holders {
		c.Owners = append(c.Owners, Owner{h.proc, w.Events[h.taken].Op.Site, !h.alone, h.died >= 0})
	}
}

func (d *pipe) tell(w *World, c *Content) {
	switch c.Made.Method {
	case "semaphore":
		c.Holds = count(len(d.queue), "permit", "permits")
	case "queue":
		c.Streams = []Stream{{Messages: d.messages(w), Places: d.places, Closed: d.closed}}
	}
}

func (b *barrier) tell(_ *World, c *Content) {
	c.Holds = fmt.Sprintf("%d of %d have arrived", len(b.rounds[len(b.rounds)-1]), b.parties)
}

func (b *pool) tell(_ *World, c *Content) {
	c.Holds = count(len(b.portions), "portion of tasks is waiting", "portions of tasks are waiting")
}

// Foresees says what a process would find if it were let go now: "would read 1". Empty: it
// would find nothing, or it is not known.
func (w *World) Foresees(p *Proc) string {
	next := w.Next(p)
	if next == nil || next.Phase == Says || next.Phase == Dies {
		return ""
	}
	f, ok := ruleOf(next.Op).(foreseeing)
	if !ok {
		return ""
	}
	return f.foresees(w, p, next)
}

// foreseeing is a rule of an operation by which a process learns something.
type foreseeing interface {
	foresees(w *World, p *Proc, next *Pending) string
}

func would(do, what string) string {
	if what == "" {
		return ""
	}
	return "would " + do + " " + what
}

func (getting) foresees(w *World, _ *Proc, next *Pending) string {
	return would("read", w.value(next.Op.Object, next.Op.Index, ""))
}

func (setting) foresees(w *World, _ *Proc, next *Pending) string {
	return would("replace", w.value(next.Op.Object, next.Op.Index, ""))
}

func (c calling) foresees(w *World, _ *Proc, next *Pending) string {
	op := next.Op
	switch op.Method {
	case "list.len":
		return would("find", count(len(w.list(op.Object)), "element", "elements"))
	case "dict.len":
		return would("find", count(len(w.dict(op.Object)), "entry", "entries"))
	case "list.get", "list.set":
		at, err := strconv.Atoi(op.Key)
		if all := w.list(op.Object); err == nil && at >= 0 && at < len(all) {
			return would(map[bool]string{true: "read", false: "replace"}[c.entry == Read], all[at])
		}
	case "dict.get":
		if x, ok := w.dict(op.Object)[op.Key]; ok {
			return would("read", x)
		}
		return would("find", "nothing")
	case "dict.set", "dict.delete":
		return would(map[bool]string{true: "replace", false: "delete"}[op.Method == "dict.set"], w.dict(op.Object)[op.Key])
	}
	return ""
}

func (receiving) foresees(w *World, p *Proc, next *Pending) string {
	from := other(next.Op.Object)
	d := w.pipeOf(from)
	switch {
	case p.lost(w, next.Op.Object):
		return would("find", "its end closed")
	case len(d.queue) > 0 && d.queue[0].step >= 0:
		return would("receive", w.Events[d.queue[0].step].Op.Arg)
	case w.endOf(from).copies == 0:
		return would("find", "the end: nothing will come any more")
	}
	return ""
}

func (polling) foresees(w *World, p *Proc, next *Pending) string {
	ready, _ := receiving{}.ready(w, p, next)
	return would("find", map[bool]string{true: "that something has come", false: "nothing"}[ready])
}

func (taking) foresees(w *World, _ *Proc, next *Pending) string {
	d := w.pipeOf(next.Op.Object)
	switch {
	case len(d.queue) > 0:
		return would("receive", w.Events[d.queue[0].step].Op.Arg)
	case d.closed:
		return would("find", "the end: nothing will come any more")
	}
	return ""
}

func (counting) foresees(w *World, _ *Proc, next *Pending) string {
	return would("find", count(len(w.pipeOf(next.Op.Object).queue), "value", "values"))
}

func (l locking) foresees(w *World, p *Proc, next *Pending) string {
	ready, _ := l.ready(w, p, next)
	return tries(next, ready)
}

func (r entering) foresees(w *World, p *Proc, next *Pending) string {
	ready, _ := r.ready(w, p, next)
	return tries(next, ready)
}

func tries(next *Pending, ready bool) string {
	if next.Op.Kind != trace.TryLock {
		return ""
	}
	return would("find", map[bool]string{true: "it free", false: "it taken"}[ready])
}

func (j joining) foresees(w *World, _ *Proc, next *Pending) string {
	child := w.At(next.Op.Object)
	if child == nil || child.Ended < 0 {
		return ""
	}
	e := &w.Events[child.Ended]
	switch {
	case child.Killed, e.Phase == Dies:
		return would("find", "that it died")
	case e.Op.Arg != "" && e.Op.Arg != "0":
		return would("find", "that it ended with code "+e.Op.Arg)
	}
	return would("find", "that it ended well")
}

func (a asking) foresees(w *World, p *Proc, next *Pending) string {
	if text := a.joining.foresees(w, p, next); text != "" {
		return text
	}
	return would("find", "it running")
}
