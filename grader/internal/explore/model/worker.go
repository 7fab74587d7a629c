package model

import "lockstep/mp/trace"

// This file is the life of a pool's worker: it asks for a portion of a job, begins one item of
// it after the other, and returns the results.

// post is what a process is as a pool's worker.
type post struct {
	pool     *pool
	object   string // the pool's
	span     *span  // that it works on
	fresh    bool   // it has had none
	futile   int    // processes in a row that died in its place before they began an item
	released bool   // it has learned that the pool is closed
}

// employ has a process work for a pool.
func (w *World) employ(p *Proc, object string, futile int) {
	b := w.poolOf(object)
	p.post = &post{pool: b, object: object, fresh: true, futile: futile}
	b.workers = append(b.workers, p.ID)
}

// portion is a worker's asking for items.
type portion struct{}

func (portion) ready(w *World, p *Proc, next *Pending) (bool, []int) {
	b := w.poolOf(next.Op.Object)
	if p.post == nil {
		w.employ(p, next.Op.Object, 0)
	}
	switch {
	case len(b.portions) > 0:
		// Workers that have done nothing yet are alike: it is enough that the first
		// of them gets something.
		for _, id := range b.workers {
			if q := w.procs[id]; !b.unlike && p.post.fresh && q.post.fresh && q.Ended < 0 && id < p.ID {
				return false, nil
			}
		}
		return true, []int{b.portions[0].since}
	case b.closed && !b.terminated:
		return true, []int{b.closedAt}
	}
	return false, nil
}

func (portion) touch(w *World, _ *Proc, next *Pending, _ bool) []Access {
	mode := Out
	if b := w.poolOf(next.Op.Object); len(b.portions) == 0 {
		mode = OutEnd
	}
	return []Access{{On: w.resource(ofPipe, next.Op.Object, -1, ""), Mode: mode}}
}

func (portion) apply(w *World, p *Proc, next *Pending, _ int) error {
	b := w.poolOf(next.Op.Object)
	if len(b.portions) == 0 {
		p.post.released = true
		return nil
	}
	p.post.span = b.take()
	p.post.fresh = false
	return nil
}

func (portion) waits(_ *World, p *Proc, next *Pending) Waiting {
	return Waiting{Proc: p.ID, Op: next.Op, Kind: ForTasks, Held: -1, For: "a task", Why: "there is none"}
}

// begins notes that a worker has come to an item: package mp notes it before it asks.
func (p *Proc) begins(op trace.Event) {
	if op.Kind == trace.Task && p.post != nil && p.post.span != nil {
		p.post.span.begun++
	}
}

// giving hands a portion's results over.
type giving struct{ free }

func (giving) touch(w *World, p *Proc, next *Pending, _ bool) []Access {
	if p.post == nil {
		return nil
	}
	return p.post.span.meets(w, next.Op.Object)
}

func (giving) apply(w *World, p *Proc, next *Pending, i int) error {
	if p.post == nil || p.post.span == nil {
		return nil
	}
	b := w.poolOf(next.Op.Object)
	p.post.span.gives(i)
	if w.Events[i].Op.Outcome == trace.Failed {
		b.drop(p.post.span.of) // its arguments could not be sent
	}
	p.post.span = nil
	return nil
}
