package model

import "lockstep/mp/trace"

// semaphores are what is done to semaphores. A permit is a message without a content.
var semaphores = primitive{
	{trace.New, "semaphore"}: makingSemaphore{},
	{trace.Acquire, ""}:      acquiring{},
	{trace.Release, ""}:      releasing{},
}

type makingSemaphore struct{ making }

func (m makingSemaphore) apply(w *World, p *Proc, next *Pending, i int) error {
	w.pipeOf(next.Op.Object).fill(next.Op.Size)
	return m.making.apply(w, p, next, i)
}

// acquiring takes a permit.
type acquiring struct{}

func (acquiring) ready(w *World, _ *Proc, next *Pending) (bool, []int) {
	if d := w.pipeOf(next.Op.Object); len(d.queue) > 0 {
		return true, []int{d.queue[0].step}
	}
	return false, nil
}

func (acquiring) touch(w *World, _ *Proc, next *Pending, ready bool) []Access {
	mode := Out
	if !ready {
		mode = Look
	}
	return []Access{{On: w.resource(ofPipe, next.Op.Object, -1, ""), Mode: mode}}
}

func (acquiring) apply(w *World, _ *Proc, next *Pending, i int) error {
	if d := w.pipeOf(next.Op.Object); w.Events[i].Ready && len(d.queue) > 0 {
		d.take(i)
	}
	return nil
}

func (acquiring) waits(w *World, p *Proc, next *Pending) Waiting {
	return Waiting{Proc: p.ID, Op: next.Op, Kind: ForPermit, Held: -1,
		For: "a permit of semaphore " + w.Called(next.Op.Object), Why: "nobody is left to release one"}
}

type releasing struct{ free }

func (releasing) touch(w *World, _ *Proc, next *Pending, _ bool) []Access {
	return []Access{{On: w.resource(ofPipe, next.Op.Object, -1, ""), Mode: Put}}
}

func (releasing) apply(w *World, _ *Proc, next *Pending, i int) error {
	d := w.pipeOf(next.Op.Object)
	d.queue = append(d.queue, message{step: i})
	return nil
}
