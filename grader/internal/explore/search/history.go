package search

import (
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
	for i := range w.Events {
		e := &w.Events[i]
		if e.Phase != model.Call || e.Knew == 0 {
			continue
		}
		then, known := h[e.Knew]
		switch {
		case known && (model.Shape(then) != model.Shape(e.Op) || then.Hash != e.Op.Hash):
			return &Difference{Path: w.PathOf(e.Proc), Op: int(e.N), First: then, Second: e.Op}
		case !known && len(h) < mostHistories:
			h[e.Knew] = e.Op
		}
	}
	return nil
}
