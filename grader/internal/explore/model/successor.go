package model

import (
	"slices"

	"lockstep/mp/trace"
)

// This file is what the death of a pool's worker means for its portion, and for its place.

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
// its place. Where the pool has been terminated, all that it had is lost.
func (w *World) succeed(p *Proc, at int) error {
	t, futile := p.post, p.post.futile+1
	if s := t.span; s != nil {
		t.span = nil
		if s.begun > 0 {
			futile = 0
		}
		switch rest := s.unbegun(); {
		case t.pool.terminated:
			s.of.settles(at)
		case rest > 0:
			t.pool.portions = slices.Insert(t.pool.portions, 0, &span{of: s.of, since: at, first: s.first + s.begun, items: rest})
		default:
			s.gives(at)
		}
	}
	maker := w.At(t.pool.maker)
	if t.released || t.pool.terminated || maker == nil || maker.Ended >= 0 {
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
