package search

import (
	"strings"

	"lockstep/grader/internal/explore/model"
	"lockstep/mp/trace"
)

// What a process does next depends on what it was given and on what came of its
// operations so far. If it does two things after the same, in two runs, then it
// has learned of the other processes in another way: by a file, say. Then no
// schedule of operations says how a run goes.

// mostHistories bounds what is kept of the runs.
const mostHistories = 200_000

// histories is what processes have done after what.
type histories map[uint64]trace.Event

// look takes in a run. It returns the first operation that another run does not
// have at its place, or nil.
func (h histories) look(w *model.World) *Difference {
	past := map[model.ID]uint64{} // 0: it has learned what is not on record here
	for _, id := range w.Started {
		past[id] = text(1, w.PathOf(id))
	}
	for i := range w.Events {
		e := &w.Events[i]
		before := past[e.Proc]
		if e.Phase == model.Says || before == 0 {
			continue
		}
		if e.Phase == model.Call {
			then, known := h[before]
			switch {
			case known && (shape(then) != shape(e.Op) || then.Hash != e.Op.Hash):
				return &Difference{Path: w.PathOf(e.Proc), Op: int(e.N), First: then, Second: e.Op}
			case !known && len(h) < mostHistories:
				h[before] = e.Op
			}
		}
		past[e.Proc] = learned(before, e)
		if e.Child >= 0 {
			past[e.Child] = text(past[e.Child]^e.Op.Hash, e.Op.Name)
		}
	}
	return nil
}

// learned is what a process knows after a step.
func learned(before uint64, e *model.Event) uint64 {
	switch e.Op.Kind {
	case trace.Map, trace.Take, trace.Give, trace.Next, trace.Task:
		return 0 // what they bring is not told
	}
	if strings.HasSuffix(e.Op.Result, "…") {
		return 0 // there is more
	}
	h := before*31 ^ shape(e.Op) ^ e.Op.Hash ^ uint64(e.Phase)<<56
	if e.Ready {
		h = ^h
	}
	return max(text(h, e.Op.Result), 1)
}

// text adds a text to a hash.
func text(h uint64, s string) uint64 {
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return (h ^ 0xff) * 1099511628211
}
