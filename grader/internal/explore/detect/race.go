package detect

import (
	"lockstep/grader/internal/explore/model"
	"lockstep/mp/trace"
)

// place is a value, an element, or an entry of a manager's list or dict.
type place struct {
	object string
	index  int
	key    string
}

// access says what a step does to a place, if it is one that reads or writes.
func access(e *model.Event) (at place, writes, ok bool) {
	if e.Phase != model.Call {
		return place{}, false, false
	}
	op, o := e.Op, e.Op.Operation()
	if o.Has(trace.Whole) || !o.Has(trace.Reads) && !o.Has(trace.Writes) {
		return place{}, false, false
	}
	writes = o.Has(trace.Writes)
	if writes && o.Has(trace.Reads) { // it changes what it finds, or leaves it
		writes = does(e, model.Write)
	}
	return place{op.Object, op.Index, keyOf(op)}, writes, true
}

// keyOf is the entry of a list or dict that an operation concerns.
func keyOf(op trace.Event) string {
	if op.Kind == trace.Call {
		return op.Key
	}
	return ""
}

// Races returns, for each place, the first two accesses of which one is a write
// and which nothing orders. Managers' entries are not raced for: each call is
// whole. The algorithm is FastTrack's (Flanagan, Freund, PLDI 2009), with all
// reads kept.
func Races(w *model.World) []Finding {
	o := orderOf(w)
	type history struct {
		write int
		reads map[model.ID]int
		told  bool
	}
	seen := map[place]*history{}
	flags := map[string]bool{}
	for i := range w.Events {
		if op := w.Events[i].Op; op.Kind == trace.Notify || op.Kind == trace.Wait {
			flags[op.Object] = true
		}
	}
	var out []Finding
	for i := range w.Events {
		e := &w.Events[i]
		at, writes, ok := access(e)
		if !ok || e.Op.Kind == trace.Call || flags[at.object] {
			continue
		}
		h := seen[at]
		if h == nil {
			h = &history{write: -1, reads: map[model.ID]int{}}
			seen[at] = h
		}
		report := func(j int) {
			if !h.told && w.Events[j].Proc != e.Proc && !before(w, o.all, j, i) {
				h.told = true
				out = append(out, Finding{Pattern: DataRace, Object: at.object, Index: at.index, Steps: []int{j, i}})
			}
		}
		if h.write >= 0 {
			report(h.write)
		}
		if !writes {
			h.reads[e.Proc] = i
			continue
		}
		for _, j := range sorted(h.reads) {
			report(j)
		}
		h.write = i
	}
	return out
}

func sorted(reads map[model.ID]int) []int {
	var out []int
	for _, i := range reads {
		k := len(out)
		for k > 0 && out[k-1] > i {
			k--
		}
		out = append(out[:k], append([]int{i}, out[k:]...)...)
	}
	return out
}
