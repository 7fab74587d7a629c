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
	left    int   // portions without results
	given   []int // the steps that handed results over
	loop    bool  // a loop takes the results as they come
	stopped bool  // no more is dealt
}

// span is a portion of a map's items.
type span struct {
	of    *job
	since int // the step that put it there
	items int
	begun int // of them
}

// post is what a process is as a pool's worker.
type post struct {
	pool     *pool
	object   string // the pool's
	span     *span  // that it works on
	fresh    bool   // it has had none
	futile   int    // processes in a row that died in its place before they began an item
	released bool   // it has learned that the pool is closed
}

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

// employ has a process work for a pool.
func (w *World) employ(p *Proc, object string, futile int) {
	b := w.poolOf(object)
	p.post = &post{pool: b, object: object, fresh: true, futile: futile}
	b.workers = append(b.workers, p.ID)
}

// gives notes that a step hands the results of a portion over.
func (b *pool) gives(s *span, at int) {
	s.of.left--
	s.of.given = append(s.of.given, at)
	if s.of.loop {
		b.results = append(b.results, at)
	}
}

// unbegun is how many items another worker has to take over when this one dies now.
func (s *span) unbegun() int {
	if s == nil || s.of.stopped {
		return 0
	}
	return s.items - s.begun
}

// dying is what the death of a worker touches.
func (t *post) dying(w *World) (list []Access) {
	if t.span.unbegun() > 0 {
		list = append(list, Access{On: w.resource(ofPipe, t.object, -1, ""), Mode: Out}) // it decides who takes what
	}
	if t.span != nil && t.span.of.loop {
		list = append(list, Access{On: w.resource(ofMeeting, t.object, -1, ""), Mode: Arrive})
	}
	return list
}

// mostFutile is how many processes in a row may die in one place before they begin an
// item, as package mp has it.
const mostFutile = 3

// succeed notes that a worker has ended. What it had begun has failed; what it had not
// begun is another's; and if it was not its pool that ended it, another process takes
// its place.
func (w *World) succeed(p *Proc, at int) error {
	t, futile := p.post, p.post.futile+1
	if s := t.span; s != nil {
		t.span = nil
		if s.begun > 0 {
			futile = 0
		}
		if rest := s.unbegun(); rest > 0 {
			t.pool.portions = slices.Insert(t.pool.portions, 0, &span{of: s.of, since: at, items: rest})
		} else {
			t.pool.gives(s, at)
		}
	}
	maker := w.At(t.pool.maker)
	if t.released || maker == nil || maker.Ended >= 0 {
		return nil
	}
	if futile == mostFutile {
		return &Unfit{Workers}
	}
	next, err := w.spawn(trace.Successor(p.Path), "", maker.ID, at, w.Events[at].Clock)
	if err != nil {
		return err
	}
	w.employ(next, t.object, futile)
	w.Events[at].Child = next.ID
	return nil
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
	{trace.Task, ""}:            task{},
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
	mode := Put
	switch {
	case next.Phase == Return:
		return nil
	case next.Op.Method == mapStop:
		mode = Out
	}
	return []Access{{On: w.resource(ofPipe, next.Op.Object, -1, ""), Mode: mode}}
}

func (mapping) apply(w *World, p *Proc, next *Pending, i int) error {
	b := w.poolOf(next.Op.Object)
	if next.Phase == Return {
		b.current = nil
		return nil
	}
	if next.Op.Method == mapStop {
		b.drop()
		b.results = nil
		p.Pending = &Pending{Op: w.Events[i].Op, Phase: Return}
		return nil
	}
	b.current = &job{loop: next.Op.Method == mapLoop}
	if op := next.Op; !b.closed {
		chunk := max(op.Chunk, 1)
		for left := op.Size; left > 0; left -= chunk {
			b.portions = append(b.portions, &span{of: b.current, since: i, items: min(chunk, left)})
		}
		b.current.left = len(b.portions)
	}
	if !b.current.loop {
		p.Pending = &Pending{Op: w.Events[i].Op, Phase: Return}
	}
	return nil
}

// drop has what nobody has taken yet be nobody's.
func (b *pool) drop() {
	if b.current != nil {
		b.current.left -= len(b.portions)
		b.current.stopped = true
		b.portions = nil
	}
}

func (mapping) waits(w *World, p *Proc, next *Pending) Waiting {
	return Waiting{Proc: p.ID, Op: next.Op, Kind: ForTasks, Held: -1, On: w.poolOf(next.Op.Object).living(w),
		For: "the pool's workers", Why: "which have not returned all results"}
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
			if q := w.procs[id]; p.post.fresh && q.post.fresh && q.Ended < 0 && id < p.ID {
				return false, nil
			}
		}
		return true, []int{b.portions[0].since}
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
	if len(b.portions) == 0 {
		p.post.released = true
		return nil
	}
	p.post.span, b.portions = b.portions[0], b.portions[1:]
	p.post.fresh = false
	return nil
}

func (portion) waits(_ *World, p *Proc, next *Pending) Waiting {
	return Waiting{Proc: p.ID, Op: next.Op, Kind: ForTasks, Held: -1, For: "a task", Why: "there is none"}
}

// task begins one item.
type task struct{ free }

func (task) apply(_ *World, p *Proc, _ *Pending, _ int) error {
	if p.post != nil && p.post.span != nil {
		p.post.span.begun++
	}
	return nil
}

// giving hands a portion's results over.
type giving struct{ free }

func (giving) touch(w *World, p *Proc, next *Pending, _ bool) []Access {
	if p.post == nil || p.post.span == nil || !p.post.span.of.loop {
		return nil
	}
	return []Access{{On: w.resource(ofMeeting, next.Op.Object, -1, ""), Mode: Arrive}}
}

func (giving) apply(w *World, p *Proc, next *Pending, i int) error {
	if p.post == nil || p.post.span == nil {
		return nil
	}
	b := w.poolOf(next.Op.Object)
	b.gives(p.post.span, i)
	p.post.span = nil
	if w.Events[i].Op.Outcome == trace.Failed {
		b.drop() // its arguments could not be sent
	}
	return nil
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
