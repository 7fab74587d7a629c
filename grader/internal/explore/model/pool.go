package model

import "lockstep/mp/trace"

// pool is a pool's tasks and workers. Items are dealt in portions, each to the
// worker that asks first.
type pool struct {
	maker    string
	portions []*span // as they come to be dealt
	workers  []ID
	closed   bool
	closedAt int
	// terminated: its maker is about to kill the workers, who are told nothing any more.
	terminated bool
	current    *job         // that its maker waits for
	loops      []*job       // that its maker is in, the innermost last
	calls      map[int]*job // of Go, by their number
	unlike     bool         // its workers do something of their own before they ask for tasks
}

func (w *World) poolOf(object string) *pool {
	return objectOf(w, object, func() *pool { return &pool{} })
}

func (b *pool) gone(_ *World, p *Proc, at int) {
	if b.maker == p.Path {
		b.portions = nil               // nobody is left to deal them
		if !b.closed || b.terminated { // those that it has not come to kill learn that it is gone
			b.closed, b.closedAt, b.terminated = true, at, false
		}
	}
}

func (b *pool) living(w *World) []ID {
	var out []ID
	for _, id := range b.workers {
		if w.procs[id].Ended < 0 {
			out = append(out, id)
		}
	}
	return out
}

// emptied says whether all workers have ended, and by which steps.
func (b *pool) emptied(w *World) (bool, []int) {
	var by []int
	for _, id := range b.workers {
		if w.procs[id].Ended < 0 {
			return false, nil
		}
		by = append(by, w.procs[id].Ended)
	}
	return true, by
}

// pools are what is done to pools.
var pools = primitive{
	{trace.New, "pool"}:             makingPool{},
	{trace.Map, mapAll}:             mapping{},
	{trace.Map, mapLoop}:            mapping{},
	{trace.Map, mapOrdered}:         mapping{},
	{trace.Map, mapStop}:            mapping{},
	{trace.Map, mapCall}:            mapping{},
	{trace.Next, ""}:                nextResult{},
	{trace.Next, "get"}:             result{},
	{trace.Take, ""}:                portion{},
	{trace.Task, ""}:                free{},
	{trace.Give, ""}:                giving{},
	{trace.Close, "pool.close"}:     closingPool{},
	{trace.Close, "pool.terminate"}: terminating{},
}

type makingPool struct{ making }

func (m makingPool) apply(w *World, p *Proc, next *Pending, i int) error {
	b := w.poolOf(next.Op.Object)
	b.maker, b.unlike = p.Path, next.Op.Key != ""
	p.pool = next.Op.Object
	return m.making.apply(w, p, next, i)
}

// closingPool waits until the pool's workers have ended.
type closingPool struct{}

func (closingPool) ready(w *World, _ *Proc, next *Pending) (bool, []int) {
	if next.Phase == Return {
		return w.poolOf(next.Op.Object).emptied(w)
	}
	return true, nil
}

func (closingPool) twice(w *World, _ *Proc, next *Pending) bool {
	return !w.poolOf(next.Op.Object).closed
}

func (closingPool) touch(w *World, _ *Proc, next *Pending, _ bool) []Access {
	if next.Phase == Return {
		return nil
	}
	return []Access{{On: w.resource(ofPipe, next.Op.Object, -1, ""), Mode: CloseIn}}
}

func (closingPool) apply(w *World, p *Proc, next *Pending, i int) error {
	if b := w.poolOf(next.Op.Object); next.Phase == Call && !b.closed {
		b.closed, b.closedAt = true, i
		p.Pending = &Pending{Op: w.Events[i].Op, Phase: Return}
	}
	return nil
}

func (closingPool) waits(w *World, p *Proc, next *Pending) Waiting {
	return Waiting{Proc: p.ID, Op: next.Op, Kind: ForTasks, Held: -1, On: w.poolOf(next.Op.Object).living(w),
		For: "the end of the pool's workers", Why: "which have not ended"}
}

// terminating drops all that no worker has taken. The kills of the workers are steps of
// their own, which follow: until then one may hand over what it has.
type terminating struct{ free }

func (terminating) touch(w *World, _ *Proc, next *Pending, _ bool) []Access {
	tasks := w.resource(ofPipe, next.Op.Object, -1, "")
	return []Access{{On: tasks, Mode: Out}, {On: tasks, Mode: CloseIn}}
}

func (terminating) apply(w *World, _ *Proc, next *Pending, i int) error {
	b := w.poolOf(next.Op.Object)
	if b.terminated = true; !b.closed {
		b.closed, b.closedAt = true, i
	}
	for _, s := range b.portions {
		s.of.left--
	}
	b.portions = nil
	return nil
}
