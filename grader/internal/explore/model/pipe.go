package model

import (
	"strings"

	"lockstep/mp/trace"
)

// end is one end of a pipe, in all its copies.
type end struct {
	name     string
	copies   int   // that processes have, and messages on their way
	closings []int // steps by which a copy closed
}

// pipe is what was sent into one end and not received at the other; also a
// queue, and the permits of a semaphore.
type pipe struct {
	queue    []message
	cost     int   // of what is in it
	sent     []int // costs of all messages ever, in order
	taken    []int // the steps that took them, in order
	places   int   // a queue's capacity
	closed   bool  // a queue
	closedAt int
}

type message struct {
	step    int // that sent it; -1: it was there from the beginning
	cost    int
	whole   bool // larger than the pipe: its sender waits until it has been taken
	sender  ID
	broken  bool // its sender died within it
	carries []string
}

func (w *World) pipeOf(object string) *pipe {
	return objectOf(w, object, func() *pipe { return &pipe{} })
}

// gone marks what the process can't send to its end any more.
func (d *pipe) gone(_ *World, p *Proc, _ int) {
	for i := range d.queue {
		if d.queue[i].whole && d.queue[i].sender == p.ID {
			d.queue[i].broken = true
		}
	}
}

// fill puts permits in.
func (d *pipe) fill(n int) {
	for range n {
		d.queue = append(d.queue, message{step: -1})
	}
}

func (d *pipe) put(m message) {
	d.queue = append(d.queue, m)
	d.cost += m.cost
	d.sent = append(d.sent, m.cost)
}

func (d *pipe) take(at int) message {
	m := d.queue[0]
	d.queue = d.queue[1:]
	d.cost -= m.cost
	d.taken = append(d.taken, at)
	return m
}

// room reports whether a message of that cost fits, and which receive made room.
func (d *pipe) room(cost, capacity int) (bool, []int) {
	if d.cost+cost > capacity {
		return false, nil
	}
	// Without the receives from the k-th on, it would not have fitted.
	in := d.cost + cost
	for k := len(d.taken) - 1; k >= 0; k-- {
		if in += d.sent[k]; in > capacity {
			return true, []int{d.taken[k]}
		}
	}
	return true, nil
}

// other is the other end of a pipe.
func other(end string) string {
	if strings.HasSuffix(end, "a") {
		return end[:len(end)-1] + "b"
	}
	return end[:len(end)-1] + "a"
}

// endOf finds an end. When it is heard of for the first time, its maker has one
// copy: nobody else can have one that the maker did not pass on.
func (w *World) endOf(name string) *end {
	e := w.ends[name]
	if e == nil {
		e = &end{name: name}
		w.ends[name] = e
		maker, _, _ := strings.Cut(name, "#")
		if p := w.At(maker); p != nil && p.Ended < 0 {
			e.copies = 1
			p.copies[name]++
		}
		w.endOf(other(name))
	}
	return e
}

// release closes copies. When none is left, messages on their way to it are gone,
// and what travels in them.
func (e *end) release(w *World, n, at int) {
	e.copies -= n
	e.closings = append(e.closings, at)
	if e.copies > 0 {
		return
	}
	d := w.pipeOf(other(e.name))
	lost := d.queue
	d.queue, d.cost = nil, 0
	for _, m := range lost {
		for _, c := range m.carries {
			w.endOf(c).release(w, 1, at)
		}
	}
}

// closing is what closing a copy touches.
func (w *World) closing(name string) []Access {
	return []Access{
		{On: w.resource(ofPipe, name, -1, ""), Mode: CloseIn},
		{On: w.resource(ofPipe, other(name), -1, ""), Mode: CloseOut},
	}
}

// lost reports whether p has no copy of the end any more, so that an operation on it
// fails at once.
func (p *Proc) lost(w *World, name string) bool {
	w.endOf(name)
	return p.copies[name] == 0
}

// holders are the living processes that have a copy of an end.
func (w *World) holders(name string) []ID {
	var out []ID
	for _, p := range w.procs {
		if p != nil && p.Ended < 0 && p.copies[name] > 0 {
			out = append(out, p.ID)
		}
	}
	return out
}

// pipes are what is done to pipes.
var pipes = primitive{
	{trace.New, "pipe"}: making{},
	{trace.Send, ""}:    sending{},
	{trace.Recv, ""}:    receiving{},
	{trace.Poll, ""}:    polling{},
	{trace.Close, ""}:   closingEnd{},
}

type sending struct{}

func cost(op trace.Event) int {
	if op.Size <= Short {
		return max(op.Size+MessageCost, int(ShortCost*float64(op.Size)))
	}
	return op.Size + MessageCost
}

func (sending) ready(w *World, p *Proc, next *Pending) (bool, []int) {
	own, far := next.Op.Object, w.endOf(other(next.Op.Object))
	d := w.pipeOf(own)
	if next.Phase == Return {
		if far.copies == 0 && next.order >= len(d.taken) {
			return true, far.closings
		}
		if next.order >= len(d.taken) {
			return false, nil
		}
		return true, d.taken[next.order : next.order+1]
	}
	switch {
	case p.lost(w, own), far.copies == 0:
		return true, nil // an error; there may have been room before
	}
	if ok, needs := d.room(cost(next.Op), w.options.Capacity); ok {
		return true, needs
	}
	if cost(next.Op) > w.options.Capacity && len(d.queue) == 0 {
		return true, last(d.taken)
	}
	return false, nil
}

func last(list []int) []int { return list[max(len(list)-1, 0):] }

func (sending) twice(w *World, p *Proc, next *Pending) bool {
	return cost(next.Op) > w.options.Capacity && !p.lost(w, next.Op.Object) && w.endOf(other(next.Op.Object)).copies > 0
}

func (sending) touch(w *World, p *Proc, next *Pending, _ bool) []Access {
	if next.Phase == Return || p.lost(w, next.Op.Object) {
		return nil
	}
	r := w.resource(ofPipe, next.Op.Object, -1, "")
	if w.endOf(other(next.Op.Object)).copies == 0 {
		return failedPut(r)
	}
	mode := Put
	if p.copies[other(next.Op.Object)] > 0 {
		mode = PutSure // nobody else's copy of the far end is the last
	}
	return []Access{{On: r, Mode: mode}}
}

// failedPut is what putting something in touches that nobody will take: it may have had to
// wait for room before that was so, which others had taken.
func failedPut(r Resource) []Access { return []Access{{On: r, Mode: PutFail}, {On: r, Mode: Look}} }

func (s sending) apply(w *World, p *Proc, next *Pending, i int) error {
	own := next.Op.Object
	if next.Phase == Return || p.lost(w, own) || w.endOf(other(own)).copies == 0 {
		return nil
	}
	m := message{step: i, cost: cost(next.Op), sender: p.ID, whole: cost(next.Op) > w.options.Capacity, carries: next.Op.Carries}
	for _, c := range m.carries {
		w.endOf(c).copies++
	}
	w.pipeOf(own).put(m)
	if m.whole {
		p.Pending = &Pending{Op: w.Events[i].Op, Phase: Return, order: len(w.pipeOf(own).sent) - 1}
	}
	return nil
}

func (sending) waits(w *World, p *Proc, next *Pending) Waiting {
	wait := Waiting{Proc: p.ID, Op: next.Op, Kind: ForRoom, Held: -1, On: w.holders(other(next.Op.Object)),
		For: "room in pipe " + w.Called(next.Op.Object), Why: "which is full, and nobody receives"}
	if next.Phase == Return || cost(next.Op) > w.options.Capacity {
		wait.Kind, wait.For = ForTaker, "somebody to receive from pipe "+w.Called(next.Op.Object)
		wait.Why = "the message is larger than what the pipe holds"
	}
	return wait
}

type receiving struct{}

func (receiving) ready(w *World, p *Proc, next *Pending) (bool, []int) {
	from := other(next.Op.Object)
	if p.lost(w, next.Op.Object) {
		return true, nil
	}
	d, far := w.pipeOf(from), w.endOf(from)
	if len(d.queue) > 0 && (!d.queue[0].broken || far.copies == 0) {
		return true, []int{d.queue[0].step}
	}
	if len(d.queue) == 0 && far.copies == 0 {
		return true, far.closings
	}
	return false, nil
}

func (receiving) touch(w *World, p *Proc, next *Pending, _ bool) []Access {
	from := other(next.Op.Object)
	if p.lost(w, next.Op.Object) {
		return nil
	}
	mode := Out
	if len(w.pipeOf(from).queue) == 0 && w.endOf(from).copies == 0 {
		mode = OutEnd
	}
	return []Access{{On: w.resource(ofPipe, from, -1, ""), Mode: mode}}
}

func (receiving) apply(w *World, p *Proc, next *Pending, i int) error {
	d := w.pipeOf(other(next.Op.Object))
	if p.lost(w, next.Op.Object) || len(d.queue) == 0 {
		return nil
	}
	m := d.take(i)
	w.Events[i].Saw = m.step
	for _, c := range m.carries {
		p.copies[c]++ // the message's copy is the receiver's now
	}
	return nil
}

func (receiving) waits(w *World, p *Proc, next *Pending) Waiting {
	from := other(next.Op.Object)
	wait := Waiting{Proc: p.ID, Op: next.Op, Kind: ForMessage, Held: -1, For: "a message from pipe " + w.Called(next.Op.Object)}
	holders := w.holders(from)
	for _, h := range holders {
		if h != p.ID {
			wait.On = append(wait.On, h)
		}
	}
	switch sender := w.misdirected(next.Op.Object, p.ID); {
	case sender >= 0:
		wait.Kind = ForSameEnd
		wait.Why = "but " + w.Title(sender) + " sends into this end, too: what goes in here comes out at the other end"
	case p.copies[from] > 0 && len(wait.On) == 0:
		wait.Kind = ForEnd
		wait.Why = "it holds the other end open itself, and nobody else can send"
	case len(wait.On) == 0:
		wait.Why = "nobody is left to send"
	default:
		wait.Why = "could be sent by " + w.titles(wait.On)
	}
	return wait
}

// misdirected is a process other than p that has sent a message into the end where p waits
// for one; -1: none has. Others may well send into it, if somebody is at the other end: who
// has received there, has a copy of it and is none of those at this one, or may yet answer
// what p has sent itself.
func (w *World) misdirected(end string, p ID) ID {
	from := other(end)
	if len(w.pipeOf(from).sent) > 0 || len(w.pipeOf(end).taken) > 0 {
		return -1
	}
	sender, asked, here := ID(-1), false, SetOf(p)
	for i := range w.Events {
		e := &w.Events[i]
		if e.Op.Object != end || e.Op.Kind != trace.Send && e.Op.Kind != trace.Recv {
			continue
		}
		here = here.With(e.Proc)
		switch {
		case e.Op.Kind != trace.Send:
		case e.Proc == p:
			asked = true
		case sender < 0:
			sender = e.Proc
		}
	}
	for _, h := range w.holders(from) {
		if asked && !here.Has(h) {
			return -1
		}
	}
	return sender
}

type polling struct{ receiving }

func (polling) touch(w *World, p *Proc, next *Pending, _ bool) []Access {
	if p.lost(w, next.Op.Object) {
		return nil
	}
	return []Access{{On: w.resource(ofPipe, other(next.Op.Object), -1, ""), Mode: Look}}
}

func (polling) apply(*World, *Proc, *Pending, int) error { return nil }

// closingEnd closes a copy of an end.
type closingEnd struct{ free }

func (closingEnd) touch(w *World, p *Proc, next *Pending, _ bool) []Access {
	if p.lost(w, next.Op.Object) {
		return nil
	}
	return w.closing(next.Op.Object)
}

func (closingEnd) apply(w *World, p *Proc, next *Pending, i int) error {
	if p.lost(w, next.Op.Object) || w.Events[i].Op.Result != "" {
		return nil
	}
	p.copies[next.Op.Object]--
	w.endOf(next.Op.Object).release(w, 1, i)
	return nil
}
