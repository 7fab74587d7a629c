package explore

import (
	"lockstep/grader/internal/explore/detect"
	"lockstep/grader/internal/explore/model"
	"lockstep/mp/trace"
)

// What of a run is worth showing: the steps that tell what went wrong, and of rounds and
// stretches that are alike only as much as a reader needs.

// fewSteps is how many operations on shared objects are shown without choosing.
const fewSteps = 10

// fewShared is how many of them tell nothing by themselves.
const fewShared = 2

// relevant picks the steps worth showing.
func relevant(w *model.World, d detect.Diagnosis) []bool {
	out := make([]bool, len(w.Events))
	for _, i := range d.Steps {
		out[i] = true
	}
	for i := range w.Events {
		out[i] = out[i] || w.Struck(&w.Events[i])
	}
	shared := sharedSteps(w)
	switch unnamed := d.Pattern == detect.Wrong; {
	case unnamed && len(shared) <= fewShared && len(w.Events) <= 2*fewSteps:
		// Hardly anything is shared: what the processes do is the whole story.
		for i := range w.Events {
			k := w.Events[i].Op.Kind
			out[i] = out[i] || k != trace.Begin && k != trace.New
		}
	case len(shared) <= fewSteps || len(d.Steps) == 0:
		most := 4 * fewSteps
		if unnamed {
			most = fewSteps // nothing tells which of them did it
		}
		for _, i := range shared[max(len(shared)-most, 0):] {
			out[i] = true
		}
	case d.Object != "":
		// Between the first and the last of them, also what else is done to the same
		// thing.
		n := 0
		for i := d.Steps[0]; i <= d.Steps[len(d.Steps)-1] && n < 2*fewSteps; i++ {
			if op := w.Events[i].Op; !out[i] && op.Object == d.Object && op.Kind != trace.New {
				out[i] = true
				n++
			}
		}
	}
	return out
}

// sharedSteps are those on objects that processes share, and by which one ends another
// or dies.
func sharedSteps(w *model.World) []int {
	var out []int
	for i := range w.Events {
		e := &w.Events[i]
		if isObject(e.Op) && e.Op.Kind != trace.New || e.Phase == model.Dies || e.Op.Kind == trace.Signal {
			out = append(out, i)
		}
	}
	return out
}

// namesNeeded reports whether the steps shown concern more than one object.
func namesNeeded(w *model.World, shown []bool) bool {
	one := ""
	for i, s := range shown {
		if op := w.Events[i].Op; s && isObject(op) {
			if one != "" && op.Object != one {
				return true
			}
			one = op.Object
		}
	}
	return false
}

// longestRound is how many steps a loop that is folded has at most.
const longestRound = 24

// fold marks rounds of a loop that only repeat the round before. Where one of them
// matters, the first does.
func fold(steps []Step) {
	for i := 0; i < len(steps); {
		length, rounds := 0, 0
		for k := 1; k <= longestRound && i+2*k <= len(steps); k++ {
			n := 1
			for i+(n+1)*k <= len(steps) && alike(steps[i:i+k], steps[i+n*k:i+(n+1)*k]) {
				n++
			}
			if n > 2 {
				length, rounds = k, n
				break
			}
		}
		if rounds == 0 {
			i++
			continue
		}
		steps[i+length-1].Repeated = rounds - 1
		matters := false
		for j := i; j < i+length*rounds; j++ {
			matters = matters || steps[j].Matters
			steps[j].Matters = false
		}
		for j := i; j < i+length; j++ {
			steps[j].Matters = matters
		}
		i += length * rounds
	}
}

func alike(a, b []Step) bool {
	for i := range a {
		if a[i].Text != b[i].Text || a[i].Column != b[i].Column || a[i].Object != b[i].Object || a[i].Site != b[i].Site || len(a[i].Notes)+len(b[i].Notes) > 0 {
			return false
		}
	}
	return true
}

// Of a process's steps without another's between them, so many are worth showing:
// the first ones and the last, and those that tell something.
const (
	mostAtOnce = 7
	firstShown = 3
	lastShown  = 1
)

// thin leaves out the middle of what one process does by itself for long.
func thin(steps []Step) {
	named := map[int]bool{}
	for _, s := range steps {
		named[s.Number] = len(s.Notes) > 0 || named[s.Number]
		for _, n := range s.With {
			named[n] = true
		}
	}
	var stretch []*Step
	end := func() {
		if len(stretch) > mostAtOnce {
			for _, s := range stretch[firstShown : len(stretch)-lastShown] {
				s.Matters = named[s.Number] || s.Repeated > 0
			}
		}
		stretch = nil
	}
	for i := range steps {
		s := &steps[i]
		if !s.Matters {
			continue
		}
		if len(stretch) > 0 && stretch[0].Column != s.Column {
			end()
		}
		stretch = append(stretch, s)
	}
	end()
}
