package model

import "lockstep/mp/trace"

// The library gives a queue so many bytes for its values, beside its number of
// places.
const (
	queueLeast    = 64 << 10
	queueMost     = 64 << 20
	queuePerPlace = 1 << 10
	queueEntry    = 4
)

func (d *pipe) bytes() int { return min(max(d.places*queuePerPlace, queueLeast), queueMost) }

// queues are what is done to queues.
var queues = primitive{
	{trace.New, "queue"}:         makingQueue{},
	{trace.Send, "queue.put"}:    putting{},
	{trace.Recv, "queue.get"}:    taking{},
	{trace.Poll, "queue.len"}:    counting{},
	{trace.Close, "queue.close"}: closingQueue{},
}

type makingQueue struct{ making }

func (m makingQueue) apply(w *World, p *Proc, next *Pending, i int) error {
	w.pipeOf(next.Op.Object).places = next.Op.Size
	return m.making.apply(w, p, next, i)
}

type putting struct{}

func (putting) ready(w *World, _ *Proc, next *Pending) (bool, []int) {
	d := w.pipeOf(next.Op.Object)
	need := next.Op.Size + queueEntry
	switch {
	case d.closed, need > d.bytes():
		return true, nil // an error; there may have been room before it was closed
	case d.places > 0 && len(d.queue) >= d.places:
		return false, nil
	}
	ok, needs := d.room(need, d.bytes())
	// A place is freed by the receive that many values ago.
	if k := len(d.sent) - d.places; d.places > 0 && k >= 0 && k < len(d.taken) {
		needs = append(needs, d.taken[k])
	}
	return ok, needs
}

func (putting) touch(w *World, _ *Proc, next *Pending, ready bool) []Access {
	r := w.resource(ofPipe, next.Op.Object, -1, "")
	switch {
	case w.pipeOf(next.Op.Object).closed:
		return failedPut(r)
	case !ready:
		return []Access{{On: r, Mode: Look}}
	}
	return []Access{{On: r, Mode: Put}}
}

func (putting) apply(w *World, p *Proc, next *Pending, i int) error {
	d := w.pipeOf(next.Op.Object)
	if need := next.Op.Size + queueEntry; w.Events[i].Ready && !d.closed && need <= d.bytes() {
		d.put(message{step: i, cost: need, sender: p.ID})
	}
	return nil
}

func (putting) waits(w *World, p *Proc, next *Pending) Waiting {
	return Waiting{Proc: p.ID, Op: next.Op, Kind: ForRoom, Held: -1,
		For: "room in queue " + w.Called(next.Op.Object), Why: "which is full, and nobody takes from it"}
}

type taking struct{}

func (taking) ready(w *World, _ *Proc, next *Pending) (bool, []int) {
	d := w.pipeOf(next.Op.Object)
	switch {
	case len(d.queue) > 0:
		return true, []int{d.queue[0].step}
	case d.closed:
		return true, []int{d.closedAt}
	}
	return false, nil
}

func (taking) touch(w *World, _ *Proc, next *Pending, ready bool) []Access {
	d := w.pipeOf(next.Op.Object)
	mode := Out
	switch {
	case !ready:
		mode = Look
	case len(d.queue) == 0:
		mode = OutEnd
	}
	return []Access{{On: w.resource(ofPipe, next.Op.Object, -1, ""), Mode: mode}}
}

func (taking) apply(w *World, _ *Proc, next *Pending, i int) error {
	if d := w.pipeOf(next.Op.Object); len(d.queue) > 0 {
		w.Events[i].Saw = d.take(i).step
	}
	return nil
}

func (taking) waits(w *World, p *Proc, next *Pending) Waiting {
	why := "nobody is left to put one in or to close it"
	if taken := w.pipeOf(next.Op.Object).taken; len(taken) > 0 && w.Events[taken[len(taken)-1]].Proc != p.ID {
		why = w.Did(taken[len(taken)-1], "took the last one") + ", and " + why
	}
	return Waiting{Proc: p.ID, Op: next.Op, Kind: ForMessage, Held: -1,
		For: "a value from queue " + w.Called(next.Op.Object), Why: why}
}

// counting asks for a queue's length.
type counting struct{ free }

func (counting) touch(w *World, _ *Proc, next *Pending, _ bool) []Access {
	return []Access{{On: w.resource(ofPipe, next.Op.Object, -1, ""), Mode: Look}}
}

type closingQueue struct{ free }

func (closingQueue) touch(w *World, _ *Proc, next *Pending, _ bool) []Access {
	r := w.resource(ofPipe, next.Op.Object, -1, "")
	return []Access{{On: r, Mode: CloseIn}, {On: r, Mode: CloseOut}}
}

func (closingQueue) apply(w *World, _ *Proc, next *Pending, i int) error {
	if d := w.pipeOf(next.Op.Object); !d.closed {
		d.closed, d.closedAt = true, i
	}
	return nil
}
