package model

import (
	"slices"

	"lockstep/mp/trace"
)

// pool is a pool's tasks and workers. Items are dealt in portions, each to the
// worker that asks first.
type pool struct {
	maker    string
	portions []*span
	results  []int // steps that handed results over which a loop has not had yet
	workers  []ID
	closed   bool
	closedAt int
	current  *job
}

// job is one map.
type job struct {
	step  int
	left  int   // portions without results
	given []int // the steps that handed results over
	loop  bool  // a loop takes the results as they come
}

// span is a portion of a map's items.
type span struct{ of *job }

func (w *World) poolOf(object string) *pool {
	return objectOf(w, object, func() *pool { return &pool{} })
}

func (b *pool) gone(_ *World, p *Proc, at int) {
	if b.maker == p.Path && !b.closed {
		b.closed, b.closedAt = true, at
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

// Methods of trace.Map.
const (
	mapAll  = ""     // waits for all results
	mapLoop = "loop" // a loop takes them by trace.Next
	mapStop = "stop" // the loop has ended before its time
)

// pools are what is done to pools.
var pools = primitive{
	{trace.New, "pool"}:         makingPool{},
	{trace.Map, mapAll}:         mapping{},
	{trace.Map, mapLoop}:        mapping{},
	{trace.Map, mapStop}:        mapping{},
	{trace.Next, ""}:            nextResult{},
	{trace.Take, ""}:            portion{},
	{trace.Task, ""}:            free{},
	{trace.Give, ""}:            giving{},
	{trace.Close, "pool.close"}: closingPool{},
}

type makingPool struct{ making }

func (m makingPool) apply(w *World, p *Proc, next *Pending, i int) error {
	w.poolOf(next.Op.Object).maker = p.Path
	p.pool = next.Op.Object
	return m.making.apply(w, p, next, i)
}

type mapping struct{}

func (mapping) ready(w *World, _ *Proc, next *Pending) (bool, []int) {
	if next.Phase == Call {
		return true, nil
	}
	j := w.poolOf(next.Op.Object).current
	if j == nil {
		return true, nil
	}
	return j.left == 0, j.given
}

func (mapping) twice(_ *World, _ *Proc, next *Pending) bool { return next.Op.Method != mapLoop }

func (mapping) touch(w *World, _ *Proc, next *Pending, _ bool) []Access {
	if next.Phase == Return {
		return nil
	}
	return []Access{{On: w.resource(ofPipe, next.Op.Object, -1, ""), Mode: Put}}
}

func (mapping) apply(w *World, p *Proc, next *Pending, i int) error {
	b := w.poolOf(next.Op.Object)
	if next.Phase == Return {
		b.current = nil
		return nil
	}
	if next.Op.Method == mapStop {
		if b.current != nil {
			b.current.left -= len(b.portions)
			b.portions, b.results = nil, nil
		}
		p.Pending = &Pending{Op: w.Events[i].Op, Phase: Return}
		return nil
	}
	b.current = &job{step: i, loop: next.Op.Method == mapLoop}
	if !b.closed {
		for range next.Op.Size {
			b.portions = append(b.portions, &span{b.current})
		}
		b.current.left = next.Op.Size
	}
	if !b.current.loop {
		p.Pending = &Pending{Op: w.Events[i].Op, Phase: Return}
	}
	return nil
}

func (mapping) waits(w *World, p *Proc, next *Pending) Waiting {
	return Waiting{Proc: p.ID, Op: next.Op, Kind: ForTasks, Held: -1, On: w.poolOf(next.Op.Object).living(w),
		For: "the pool's workers", Why: "which have not returned all results"}
}

// portion is a worker's asking for items.
type portion struct{}

func (portion) ready(w *World, p *Proc, next *Pending) (bool, []int) {
	b := w.poolOf(next.Op.Object)
	if !slices.Contains(b.workers, p.ID) {
		b.workers = append(b.workers, p.ID)
	}
	switch {
	case len(b.portions) > 0:
		// Workers that have done nothing yet are alike: it is enough that the first
		// of them gets something.
		for _, id := range b.workers {
			if q := w.procs[id]; p.fresh && q.fresh && q.Ended < 0 && id < p.ID {
				return false, nil
			}
		}
		return true, []int{b.portions[0].of.step}
	case b.closed:
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
	if len(b.portions) > 0 {
		p.span, b.portions = b.portions[0], b.portions[1:]
		p.fresh = false
	}
	return nil
}

func (portion) waits(_ *World, p *Proc, next *Pending) Waiting {
	return Waiting{Proc: p.ID, Op: next.Op, Kind: ForTasks, Held: -1, For: "a task", Why: "there is none"}
}

// giving hands a portion's results over.
type giving struct{ free }

func (giving) touch(w *World, p *Proc, next *Pending, _ bool) []Access {
	if p.span == nil || !p.span.of.loop {
		return nil
	}
	return []Access{{On: w.resource(ofMeeting, next.Op.Object, -1, ""), Mode: Arrive}}
}

func (giving) apply(w *World, p *Proc, next *Pending, i int) error {
	if p.span == nil {
		return nil
	}
	b, j := w.poolOf(next.Op.Object), p.span.of
	p.span = nil
	j.left--
	j.given = append(j.given, i)
	if j.loop {
		b.results = append(b.results, i)
	}
	return nil
}

// bury notes that a worker has died of a task. What the map gets for it is an
// error, and the library starts another worker, which nobody holds.
func (w *World) bury(p *Proc, at int) {
	j := p.span.of
	p.span = nil
	j.left--
	j.given = append(j.given, at)
	w.Bereft = true
	for _, o := range w.objects {
		if b, ok := o.(*pool); ok && j.loop && b.current == j {
			b.results = append(b.results, at)
		}
	}
}

// Deserted says whether there are tasks that only a worker could take that nobody
// holds.
func (w *World) Deserted() bool {
	for _, o := range w.objects {
		if b, ok := o.(*pool); ok && len(b.portions) > 0 && len(b.workers) > 0 && len(b.living(w)) == 0 {
			return true
		}
	}
	return false
}

// nextResult is a loop's asking for a result, in the order in which they come.
type nextResult struct{ free }

func (nextResult) ready(w *World, _ *Proc, next *Pending) (bool, []int) {
	b := w.poolOf(next.Op.Object)
	if len(b.results) > 0 {
		return true, b.results[:1]
	}
	if b.current == nil {
		return true, nil
	}
	return b.current.left == 0, b.current.given
}

func (nextResult) apply(w *World, _ *Proc, next *Pending, i int) error {
	b := w.poolOf(next.Op.Object)
	if len(b.results) > 0 {
		w.Events[i].Saw = b.results[0]
		b.results = b.results[1:]
	} else {
		b.current = nil
	}
	return nil
}

func (nextResult) waits(w *World, p *Proc, next *Pending) Waiting {
	return mapping{}.waits(w, p, next)
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
