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
	{trace.Notify, "queue.done"}: finishing{},
	{trace.Wait, "queue.wait"}:   waitingAll{},
	{trace.Close, "queue.close"}: closingQueue{},
}

// tally is what is known of a queue's values that were put and are not done: in the queue,
// or got by somebody. Who dies with one in hand is never done with it.
type tally struct {
	unfinished int
	done       []int        // the steps that were a Done, in order
	got        map[ID][]int // the steps by which each process got what it is not done with
	loose      bool         // somebody was done with what he had not got
}

func (w *World) tallyOf(object string) *tally {
	return objectOf(w, object, func() *tally { return &tally{got: map[ID][]int{}} })
}

func (t *tally) gone(*World, *Proc, int) {}

func (t *tally) state(*World) uint64 { return mix(uint64(t.unfinished), bit(t.loose)) }

// tell says so only where somebody has called Done: else the number means nothing.
func (t *tally) tell(w *World, c *Content) {
	if len(t.done) > 0 {
		name := w.Called(c.Made.Object)
		c.Holds = count(t.unfinished, "value of "+name+" is", "values of "+name+" are") + " not done"
	}
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
	return []Access{{On: r, Mode: Put}, {On: w.resource(ofTally, next.Op.Object, -1, ""), Mode: Owe}}
}

func (putting) apply(w *World, p *Proc, next *Pending, i int) error {
	d := w.pipeOf(next.Op.Object)
	if need := next.Op.Size + queueEntry; w.Events[i].Ready && !d.closed && need <= d.bytes() {
		d.put(message{step: i, cost: need, sender: p.ID})
		w.tallyOf(next.Op.Object).unfinished++
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

func (taking) apply(w *World, p *Proc, next *Pending, i int) error {
	if d := w.pipeOf(next.Op.Object); len(d.queue) > 0 {
		w.Events[i].Saw = d.take(i).step
		t := w.tallyOf(next.Op.Object)
		t.got[p.ID] = append(t.got[p.ID], i)
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

// finishing says that a value is done. It fails when there is none left.
type finishing struct{ free }

// touch tells a Done for a value that the process has got from any other. As long as there
// are only such, what all have got and are not done with is among what is unfinished: there
// is something for each of them, whoever is first and whatever is put in between.
func (finishing) touch(w *World, p *Proc, next *Pending, _ bool) []Access {
	mode := Finish
	if t := w.tallyOf(next.Op.Object); t.loose || len(t.got[p.ID]) == 0 {
		mode = FinishAny
	}
	return []Access{{On: w.resource(ofTally, next.Op.Object, -1, ""), Mode: mode}}
}

func (finishing) apply(w *World, p *Proc, next *Pending, i int) error {
	t := w.tallyOf(next.Op.Object)
	if t.unfinished == 0 {
		return nil
	}
	t.unfinished--
	t.done = append(t.done, i)
	if own := t.got[p.ID]; len(own) > 0 {
		t.got[p.ID] = own[1:]
	} else {
		t.loose = true
	}
	return nil
}

// waitingAll waits until all is done that was put.
type waitingAll struct{ free }

func (waitingAll) ready(w *World, _ *Proc, next *Pending) (bool, []int) {
	t := w.tallyOf(next.Op.Object)
	return t.unfinished == 0, t.done
}

func (waitingAll) touch(w *World, _ *Proc, next *Pending, _ bool) []Access {
	return []Access{{On: w.resource(ofTally, next.Op.Object, -1, ""), Mode: Look}}
}

func (waitingAll) waits(w *World, p *Proc, next *Pending) Waiting {
	t := w.tallyOf(next.Op.Object)
	why := count(t.unfinished, "value is not", "values are not")
	for _, id := range w.Started {
		if got := t.got[id]; len(got) > 0 {
			why += "; " + w.Did(got[0], "got one") + map[bool]string{true: " and ended without a Done", false: " and has not called Done"}[w.procs[id].Ended >= 0]
			break
		}
	}
	return Waiting{Proc: p.ID, Op: next.Op, Kind: ForSignal, Held: -1,
		For: "all of queue " + w.Called(next.Op.Object) + " to be done", Why: why + ", and nobody is left to call it"}
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
