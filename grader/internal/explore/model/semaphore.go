package model

import (
	"fmt"

	"lockstep/mp/trace"
)

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
	why := "nobody is left to release one"
	if kept := w.Kept(next.Op.Object); len(kept) > 1 {
		why = fmt.Sprintf("%s and ended without a Release, as did %s, and %s", w.Did(kept[0], "took one"), count(len(kept)-1, "other", "others"), why)
	} else if len(kept) > 0 {
		why = w.Did(kept[0], "took one") + " and ended without a Release, and " + why
	}
	return Waiting{Proc: p.ID, Op: next.Op, Kind: ForPermit, Held: -1,
		For: "a permit of semaphore " + w.Called(next.Op.Object), Why: why}
}

// Kept are the steps by which those who have ended took permits that they have not given
// back, one of each process. A semaphore that begins without permits is a signal, which
// nobody gives back.
func (w *World) Kept(object string) []int {
	if w.Objects[object].Size == 0 {
		return nil
	}
	has := map[ID][]int{}
	for i := range w.Events {
		switch e := &w.Events[i]; {
		case e.Op.Object != object:
		case e.Op.Kind == trace.Acquire && e.Ready:
			has[e.Proc] = append(has[e.Proc], i)
		case e.Op.Kind == trace.Release:
			if mine := has[e.Proc]; len(mine) > 0 {
				has[e.Proc] = mine[:len(mine)-1]
			}
		}
	}
	var steps []int
	for _, id := range w.Started {
		if took := has[id]; len(took) > 0 && w.procs[id].Ended >= 0 {
			steps = append(steps, took[0])
		}
	}
	return steps
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
