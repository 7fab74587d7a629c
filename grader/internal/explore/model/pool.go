package model

import (
	"slices"

	"lockstep/mp/trace"
)

// pool is a pool's tasks and workers. Items are dealt in portions, each to the
// worker that asks first.
type pool struct {
	maker    string
	portions []*span // as they come to be dealt
	workers  []ID
	closed   bool
	closedAt int
	current  *job         // that its maker waits for
	loops    []*job       // that its maker is in, the innermost last
	calls    map[int]*job // of Go, by their number
	unlike   bool         // its workers do something of their own before they ask for tasks
}

// job is one map, or one call of Go.
type job struct {
	left    int   // portions without results
	given   []int // the steps that handed results over
	results []int // … those which a loop has not had yet
	loop    bool  // a loop takes the results as they come
	call    int   // the number of a call of Go; -1
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
	if b.maker == p.Path {
		b.portions = nil // nobody is left to deal them
		if !b.closed {
			b.closed, b.closedAt = true, at
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
		s.of.results = append(s.of.results, at)
	}
}

// meets is what a step does that hands the results of a portion over.
func (s *span) meets(w *World, object string) []Access {
	switch {
	case s == nil:
	case s.of.loop:
		return []Access{{On: w.resource(ofMeeting, object, -1, ""), Mode: Arrive}}
	case s.of.call >= 0:
		return []Access{{On: w.resource(ofMeeting, object, s.of.call, ""), Mode: End}}
	}
	return nil
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
	return append(list, t.span.meets(w, t.object)...)
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
	mapCall = "go"   // one call, whose result is asked for by trace.Next
)

// pools are what is done to pools.
var pools = primitive{
	{trace.New, "pool"}:         makingPool{},
	{trace.Map, mapAll}:         mapping{},
	{trace.Map, mapLoop}:        mapping{},
	{trace.Map, mapStop}:        mapping{},
	{trace.Map, mapCall}:        mapping{},
	{trace.Next, ""}:            nextResult{},
	{trace.Next, "get"}:         result{},
	{trace.Take, ""}:            portion{},
	{trace.Task, ""}:            free{},
	{trace.Give, ""}:            giving{},
	{trace.Close, "pool.close"}: closingPool{},
}

type makingPool struct{ making }

func (m makingPool) apply(w *World, p *Proc, next *Pending, i int) error {
	b := w.poolOf(next.Op.Object)
	b.maker, b.unlike = p.Path, next.Op.Key != ""
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

func (mapping) twice(_ *World, _ *Proc, next *Pending) bool {
	return next.Op.Method == mapAll || next.Op.Method == mapStop
}

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
		b.current = b.leave()
		b.drop(b.current)
		p.Pending = &Pending{Op: w.Events[i].Op, Phase: Return}
		return nil
	}
	op, j := w.Events[i].Op, &job{call: -1}
	switch op.Method {
	case mapCall:
		if op.Outcome == trace.Failed {
			return nil // it has no result but its error
		}
		if j.call = op.Index; b.calls == nil {
			b.calls = map[int]*job{}
		}
		b.calls[op.Index] = j
	case mapLoop:
		j.loop, b.loops = true, append(b.loops, j)
	default:
		b.current = j
		p.Pending = &Pending{Op: op, Phase: Return}
	}
	if !b.closed {
		chunk := max(op.Chunk, 1)
		for left := op.Size; left > 0; left -= chunk {
			b.portions = append(b.portions, &span{of: j, since: i, items: min(chunk, left)})
			j.left++
		}
	}
	return nil
}

// drop has what nobody has taken of a job be nobody's.
func (b *pool) drop(j *job) {
	if j != nil {
		j.stopped = true
		b.portions = slices.DeleteFunc(b.portions, func(s *span) bool {
			if s.of == j {
				j.left--
			}
			return s.of == j
		})
	}
}

// loop is the job whose loop the pool's maker is in; nil: none. leave ends that.
func (b *pool) loop() *job {
	if n := len(b.loops); n > 0 {
		return b.loops[n-1]
	}
	return nil
}

func (b *pool) leave() *job {
	j := b.loop()
	if j != nil {
		b.loops = b.loops[:len(b.loops)-1]
	}
	return j
}

// take takes the first portion out. Jobs take turns.
func (b *pool) take() *span {
	s := b.portions[0]
	var others, same []*span
	for _, t := range b.portions[1:] {
		if t.of == s.of {
			same = append(same, t)
		} else {
			others = append(others, t)
		}
	}
	b.portions = append(others, same...)
	return s
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
			if q := w.procs[id]; !b.unlike && p.post.fresh && q.post.fresh && q.Ended < 0 && id < p.ID {
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
	b.gives(p.post.span, i)
	if w.Events[i].Op.Outcome == trace.Failed {
		b.drop(p.post.span.of) // its arguments could not be sent
	}
	p.post.span = nil
	return nil
}

// nextResult is a loop's asking for a result, in the order in which they come.
type nextResult struct{ free }

func (nextResult) ready(w *World, _ *Proc, next *Pending) (bool, []int) {
	j := w.poolOf(next.Op.Object).loop()
	switch {
	case j == nil:
		return true, nil
	case len(j.results) > 0:
		return true, j.results[:1]
	}
	return j.left == 0, j.given
}

func (nextResult) apply(w *World, _ *Proc, next *Pending, i int) error {
	b := w.poolOf(next.Op.Object)
	if w.Events[i].Op.Outcome == trace.EOF {
		b.leave()
	} else if j := b.loop(); j != nil && len(j.results) > 0 {
		w.Events[i].Saw = j.results[0]
		j.results = j.results[1:]
	}
	return nil
}

func (nextResult) waits(w *World, p *Proc, next *Pending) Waiting {
	return mapping{}.waits(w, p, next)
}

// result waits for what a call of Go has come to.
type result struct{}

func (result) ready(w *World, _ *Proc, next *Pending) (bool, []int) {
	j := w.poolOf(next.Op.Object).calls[next.Op.Index]
	if j == nil {
		return true, nil
	}
	return j.left == 0, j.given
}

func (result) touch(w *World, _ *Proc, next *Pending, _ bool) []Access {
	if !w.immediate(next) {
		return nil
	}
	return []Access{{On: w.resource(ofMeeting, next.Op.Object, next.Op.Index, ""), Mode: Ask}}
}

func (result) apply(w *World, _ *Proc, next *Pending, i int) error {
	if j := w.poolOf(next.Op.Object).calls[next.Op.Index]; j != nil && len(j.given) > 0 && w.Events[i].Ready {
		w.Events[i].Saw = j.given[len(j.given)-1]
	}
	return nil
}

// waits names who works on the call, or, while nobody does, everybody who could.
func (result) waits(w *World, p *Proc, next *Pending) Waiting {
	b := w.poolOf(next.Op.Object)
	on := slices.DeleteFunc(b.living(w), func(id ID) bool {
		s := w.procs[id].post.span
		return s == nil || s.of.call != next.Op.Index
	})
	if len(on) > 0 {
		return Waiting{Proc: p.ID, Op: next.Op, Kind: ForTasks, Held: -1, On: on, For: w.titles(on), Why: "which has not returned the result"}
	}
	return Waiting{Proc: p.ID, Op: next.Op, Kind: ForTasks, Held: -1, On: b.living(w),
		For: "the pool's workers", Why: "none of which has come to the call"}
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
