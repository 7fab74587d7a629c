package model

import (
	"math"

	"lockstep/mp/trace"
)

// Orders bounds how many interleavings there can be of the steps of a run: the product, over
// all things that steps conflict over, of how many orders of these steps there are, or of how
// many ways to order each two of them, whichever is less.
// Two steps count where either can be first, as far as starts, joins, locks and messages of
// one to one say. A program that does other steps in other orders may have more.
func (w *World) Orders() float64 {
	sum := 0.0 // a logarithm
	before := w.certain()
	for r, s := range w.resources {
		counts := map[ID]int{}
		counted := map[int]bool{}
		pairs := 0
		for k, j := range s.events {
			for _, i := range s.events[:k] {
				e, f := &w.Events[i], &w.Events[j]
				if e.Proc == f.Proc || before[j].At(e.Proc) >= e.N || !contend(e, f, r) || e.Under(f.exclusive()) || f.Under(e.exclusive()) {
					continue
				}
				pairs++
				for _, x := range []int{i, j} {
					if !counted[x] {
						counted[x] = true
						counts[w.Events[x].Proc]++
					}
				}
			}
		}
		orders := logFactorial(len(counted))
		for _, n := range counts {
			orders -= logFactorial(n)
		}
		sum += min(orders, float64(pairs)*math.Ln2)
	}
	if d := w.options.Deaths; d > 0 {
		sum += float64(d) * math.Log(float64(1+len(w.Events))) // before any of them, or not at all
	}
	return min(math.Round(math.Exp(sum)), math.MaxFloat64)
}

func logFactorial(n int) float64 { x, _ := math.Lgamma(float64(n + 1)); return x }

// certain are clocks of what comes before a step in every order.
func (w *World) certain() []Clock {
	clocks := make([]Clock, len(w.Events))
	now := map[ID]Clock{}
	alone := w.alone()
	for i := range w.Events {
		e := &w.Events[i]
		c := now[e.Proc]
		if p := w.Proc(e.Proc); c == nil && p.start >= 0 {
			c = clocks[p.start]
		}
		c = c.Copy()
		certain := e.Op.Operation().On == trace.OnProcess
		for _, a := range e.Access {
			certain = certain || a.Mode == Out && alone[a.On]
		}
		for _, j := range e.Needs {
			if certain && j >= 0 {
				c.Join(clocks[j])
			}
		}
		c.Set(e.Proc, e.N)
		clocks[i], now[e.Proc] = c, c
	}
	return clocks
}

// alone are the pipes into which one process puts, and out of which one takes.
func (w *World) alone() map[Resource]bool {
	out := map[Resource]bool{}
	for r, s := range w.resources {
		var puts, takes Set
		for _, i := range s.events {
			e := &w.Events[i]
			for _, a := range e.Access {
				switch {
				case a.On != r:
				case a.Mode == Put || a.Mode == PutSure:
					puts = puts.With(e.Proc)
				case a.Mode == Out:
					takes = takes.With(e.Proc)
				}
			}
		}
		out[r] = puts.Len() == 1 && takes.Len() == 1
	}
	return out
}

// exclusive are the locks that nobody else held when a step was made.
func (e *Event) exclusive() (locks []Resource) {
	for _, h := range e.Held {
		if !h.Shared {
			locks = append(locks, h.Resource)
		}
	}
	return locks
}

// contend reports whether two steps conflict over a thing, and either can be first: whoever
// gives a lock back has had it.
func contend(e, f *Event, r Resource) bool {
	decided := func(a, b Mode) bool {
		return a == Hold && (b == Free || b == Unshare) || a == Share && b == Free || a == OutEnd && b == CloseIn
	}
	for _, a := range e.Access {
		for _, b := range f.Access {
			if a.On == r && a.conflicts(b) && !decided(a.Mode, b.Mode) && !decided(b.Mode, a.Mode) {
				return true
			}
		}
	}
	return false
}
