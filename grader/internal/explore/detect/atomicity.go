package detect

import "lockstep/grader/internal/explore/model"

// Atomicity predicts lost updates: a process reads a place and later writes it,
// another process writes it too, and no lock that both hold is held from the read
// to the write without a break. Whether the other's write can really come in
// between is for a run to show. At most one finding is given for each place.
func Atomicity(w *model.World) []Finding {
	o := orderOf(w)
	type step struct {
		i      int
		writes bool
	}
	places := map[place][]step{}
	var keys []place
	for i := range w.Events {
		if at, writes, ok := access(&w.Events[i]); ok {
			if places[at] == nil {
				keys = append(keys, at)
			}
			places[at] = append(places[at], step{i, writes})
		}
	}
	var out []Finding
next:
	for _, at := range keys {
		steps := places[at]
		for a, read := range steps {
			if read.writes {
				continue
			}
			p := w.Events[read.i].Proc
			write := -1
			for _, b := range steps[a+1:] {
				if w.Events[b.i].Proc == p {
					if b.writes {
						write = b.i
					}
					break // a later read makes up for the earlier one
				}
			}
			if write < 0 {
				continue
			}
			for _, s := range steps {
				other := w.Events[s.i].Proc
				if !s.writes || other == p || before(w, o.hard, s.i, read.i) || before(w, o.hard, write, s.i) {
					continue
				}
				if !together(w, read.i, write, s.i) {
					out = append(out, Finding{Pattern: LostUpdate, Object: at.object, Index: at.index, Key: at.key, Steps: []int{read.i, write, s.i}})
					continue next
				}
			}
		}
	}
	return out
}

// together reports whether a lock is held all the time from step a to step b, and at
// step s.
func together(w *model.World, a, b, s int) bool {
	for _, x := range w.Events[a].Held {
		for _, y := range w.Events[b].Held {
			if x.Lock != y.Lock || x.Since != y.Since {
				continue
			}
			for _, z := range w.Events[s].Held {
				if z.Lock == x.Lock && !(z.Shared && x.Shared) {
					return true
				}
			}
		}
	}
	return false
}

// Between is a schedule, as the processes of its steps, that puts the other's
// write between the read and the write of a finding, as far as locks allow: the
// run up to the read, then all of the other's steps up to its write, then the
// rest.
func (f Finding) Between(w *model.World) []model.ID {
	if f.Pattern != LostUpdate {
		return nil
	}
	read, write, other := f.Steps[0], f.Steps[1], f.Steps[2]
	q := w.Events[other].Proc
	var early, between, late []model.ID
	for i := range w.Events {
		e := &w.Events[i]
		switch {
		case i <= read:
			early = append(early, e.Proc)
		case i <= other && (e.Proc == q || w.Events[other].Clock.At(e.Proc) >= e.N && e.Proc != w.Events[read].Proc):
			between = append(between, e.Proc)
		default:
			late = append(late, e.Proc)
		}
	}
	if other < read {
		// The other was first: its steps from its own read on come later.
		early, between, late = nil, nil, nil
		p := w.Events[read].Proc
		start := other
		for i := other - 1; i >= 0; i-- {
			if w.Events[i].Proc != q {
				continue
			}
			if at, writes, ok := access(&w.Events[i]); ok && !writes && (at == place{f.Object, f.Index, f.Key}) {
				start = i + 1
			}
			break
		}
		for i := range w.Events {
			e := &w.Events[i]
			switch {
			case i < start:
				early = append(early, e.Proc)
			case i <= write && (e.Proc == p || e.Proc != q && i < read):
				between = append(between, e.Proc)
			default:
				late = append(late, e.Proc)
			}
		}
	}
	return append(append(early, between...), late...)
}
