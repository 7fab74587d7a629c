package model

import (
	"slices"

	"lockstep/mp/trace"
)

// This file is the life of a job: it is submitted to a pool and cut into portions, which
// workers take, and its results are waited for.

// job is one map, or one call of Go.
type job struct {
	left    int      // portions without results
	given   []int    // the steps that handed results over
	results []answer // … those which a loop has not had yet
	loop    bool     // a loop takes the results as they come
	ordered bool     // … in the order of the items
	had     int      // how many it has had
	call    int      // the number of a call of Go; -1
	stopped bool     // no more is dealt
}

// answer is the results of a portion.
type answer struct {
	first int // item
	given int // the step that handed them over
}

// span is a portion of a map's items.
type span struct {
	of    *job
	since int // the step that put it there
	first int // of its items
	items int
	begun int // of them
}

// Methods of trace.Map.
const (
	mapAll     = ""        // waits for all results
	mapLoop    = "loop"    // a loop takes them by trace.Next
	mapOrdered = "ordered" // … in the order of the items
	mapStop    = "stop"    // the loop has ended before its time
	mapCall    = "go"      // one call, whose result is asked for by trace.Next
)

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
	case mapLoop, mapOrdered:
		j.loop, j.ordered, b.loops = true, op.Method == mapOrdered, append(b.loops, j)
	default:
		b.current = j
		p.Pending = &Pending{Op: op, Phase: Return}
	}
	if !b.closed {
		chunk := max(op.Chunk, 1)
		for first := 0; first < op.Size; first += chunk {
			b.portions = append(b.portions, &span{of: j, since: i, first: first, items: min(chunk, op.Size-first)})
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

// settles notes that by a step it is known what becomes of a portion.
func (j *job) settles(at int) {
	j.left--
	j.given = append(j.given, at)
}

// gives notes that a step hands the results of a portion over.
func (s *span) gives(at int) {
	s.of.settles(at)
	if s.of.loop {
		s.of.results = append(s.of.results, answer{s.first, at})
	}
}

// meets is what a step does that hands the results of a portion over.
func (s *span) meets(w *World, object string) []Access {
	switch {
	case s == nil || s.of.ordered: // who waits for results in their order can't tell which came first
	case s.of.loop:
		return []Access{{On: w.resource(ofMeeting, object, -1, ""), Mode: Arrive}}
	case s.of.call >= 0:
		return []Access{{On: w.resource(ofMeeting, object, s.of.call, ""), Mode: End}}
	}
	return nil
}

// next is which of the results there are a loop gets next; -1: it has to wait.
func (j *job) next() int {
	return slices.IndexFunc(j.results, func(a answer) bool { return !j.ordered || a.first == j.had })
}

// nextResult is a loop's asking for a result.
type nextResult struct{ free }

func (nextResult) ready(w *World, _ *Proc, next *Pending) (bool, []int) {
	j := w.poolOf(next.Op.Object).loop()
	if j == nil {
		return true, nil
	}
	if k := j.next(); k >= 0 {
		return true, []int{j.results[k].given}
	}
	return j.left == 0, j.given
}

func (nextResult) apply(w *World, _ *Proc, next *Pending, i int) error {
	b := w.poolOf(next.Op.Object)
	if w.Events[i].Op.Outcome == trace.EOF {
		b.leave()
		return nil
	}
	if j := b.loop(); j != nil {
		if k := j.next(); k >= 0 {
			w.Events[i].Saw = j.results[k].given
			j.results = slices.Delete(j.results, k, k+1)
			j.had++
		}
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
