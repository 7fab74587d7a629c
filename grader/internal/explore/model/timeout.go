package model

import (
	"slices"
	"strings"

	"lockstep/mp/trace"
)

// When nothing can be done, time passes. By the clock, whatever is over first then can be
// done, and without one the operation whose time is over first gives up; or else a loop
// that waits goes round once more.

// Timeout returns the process that goes on although nothing is enabled; false when
// there is none: the run has ended, or is deadlocked.
func (w *World) Timeout() (*Proc, bool) {
	var first *Proc
	var when int64
	for _, p := range w.procs {
		next := w.Next(p)
		if next == nil || !limited(w, p, next) && !w.sleeps(next) {
			continue
		}
		if at := w.over(p, next); first == nil || at < when {
			first, when = p, at
		}
	}
	if first != nil {
		return first, true
	}
	for _, p := range w.procs {
		next := w.Next(p)
		if next == nil || next.spin == nil {
			continue
		}
		if ready, _ := ruleOf(next.Op).ready(w, p, next); !ready && !w.immediate(next) && next.Op.Limit == 0 {
			continue // it has stopped within its loop
		}
		if first == nil || p.last < first.last {
			first = p // the one that has waited longest
		}
	}
	return first, first != nil
}

// sleeps reports whether a process goes on only when its sleep is over.
func (w *World) sleeps(next *Pending) bool {
	if !w.options.Clock || next.Op.Kind != trace.Sleep || next.Phase != Call || w.expired(next) {
		return false
	}
	if next.spin != nil {
		changed, _ := next.spin.changed(w)
		return changed
	}
	return true
}

// expired reports whether the clock has come to where the time of a pending operation is over.
func (w *World) expired(next *Pending) bool {
	return w.options.Clock && next.since+max(int64(next.Op.Limit), 0) <= w.now
}

// Due reports whether it is the clock that goes on where nothing can be done: the time of a
// sleep or of a wait is over some time.
func (w *World) Due() bool {
	p, ok := w.Timeout()
	if !ok || !w.options.Clock {
		return false
	}
	next := w.Next(p)
	return limited(w, p, next) || w.sleeps(next) // and no loop that goes round once more
}

// Advance puts the clock forward to where the first of them is over. All that is done later
// comes after all that was done before.
func (w *World) Advance() {
	p, _ := w.Timeout()
	w.Odd, w.passed = true, true
	w.halts = append(w.halts, Halt{At: len(w.Events), Blocked: w.Stopped()})
	w.now = w.over(p, w.Next(p))
	w.barrier = w.barrier.Copy()
	for _, p := range w.procs {
		if p != nil {
			w.barrier.Join(p.clock)
		}
	}
}

// over is when the time of an operation is over.
func (w *World) over(p *Proc, next *Pending) int64 {
	if w.options.Clock {
		return next.since + int64(next.Op.Limit)
	}
	return p.time + int64(next.Op.Limit)
}

// Pass lets time pass for a process that Timeout returned. It returns how the
// process is let go; false when that does not let it go yet.
func (w *World) Pass(p *Proc) (Grant, bool) {
	w.Odd = true
	next := w.Next(p)
	if next.spin == nil || w.Rounds <= len(w.procs) { // later rounds find what these found
		w.halts = append(w.halts, Halt{At: len(w.Events), Blocked: w.Stopped()})
	}
	if next.spin != nil {
		w.Rounds++
		w.late = p
		return w.Grant(p), true
	}
	p.time += max(int64(next.Op.Limit), 0)
	if next.Phase == Return && onCond(next.Op) {
		c := w.condOf(next.Op.Object)
		c.woken[p.ID] = -1
		for i, q := range c.waiting {
			if q == p.ID {
				c.waiting = append(append([]ID(nil), c.waiting[:i]...), c.waiting[i+1:]...)
				break
			}
		}
		if ok, _ := w.can(p, next); !ok {
			return Grant{}, false
		}
	}
	w.late = p
	return Grant{Real: true, Ready: false, Again: next.Phase == Return}, true
}

// Ready returns the processes that can go on. late: only since time passes.
func (w *World) Ready() (s Set, late bool) {
	if s, _ = w.Enabled(); s != 0 {
		return s, w.passed || w.late != nil
	}
	return w.later(), true
}

// later returns those that can go on when time passes, or since it has.
func (w *World) later() Set {
	p, ok := w.late, w.late != nil
	if !ok {
		p, ok = w.Timeout()
	}
	switch {
	case !ok:
		return 0
	case w.late != nil || !w.Due():
		return SetOf(p.ID)
	}
	now := w.now
	defer func() { w.now = now }()
	w.now = w.over(p, w.Next(p))
	s, _ := w.Enabled()
	return s
}

// Passed records the step of a process after Pass. Everything that comes later
// comes after it.
func (w *World) Passed(p *Proc, result trace.Event) (int, error) {
	next := w.Next(p)
	access := w.touches(p, next)
	ready := false
	if next.spin != nil {
		ready, _ = ruleOf(next.Op).ready(w, p, next)
	}
	e := w.step(p, next, result, access, nil)
	for _, q := range w.procs {
		if q != nil {
			e.Clock.Join(q.clock)
		}
	}
	e.Before = e.Clock.Copy()
	e.Before.Set(p.ID, e.N-1)
	e.Forced, e.Ready = true, ready
	w.late = nil
	i, err := w.record(p, next, e)
	w.barrier = w.Events[i].Clock
	return i, err
}

// Waits says of every process that has not ended why it can't go on.
func (w *World) Waits() []Waiting {
	var out []Waiting
	for _, id := range w.Started {
		p := w.procs[id]
		next := w.Next(p)
		if next == nil {
			continue
		}
		if ok, _ := w.can(p, next); ok {
			continue
		}
		if next.spin != nil {
			if ready, _ := ruleOf(next.Op).ready(w, p, next); ready || w.immediate(next) || next.Op.Limit > 0 {
				out = append(out, Waiting{Proc: id, Op: next.Op, Kind: ForChange, Held: -1,
					For: "a change" + w.lookedAt(p, next.spin.length), Why: "it asks the same again and again, and nobody is left to change the answer"})
				continue
			}
		}
		out = append(out, ruleOf(next.Op).waits(w, p, next))
	}
	return out
}

// Busy says of the processes that keep each other busy what they wait for.
func (w *World) Busy() []Waiting {
	var out []Waiting
	for _, id := range w.Started {
		p := w.procs[id]
		next := w.Next(p)
		switch {
		case next == nil:
		case p.last >= w.useful:
			wait := Waiting{Proc: id, Op: next.Op, Kind: ForChange, Held: -1,
				For: "a change" + w.lookedAt(p, p.period()), Why: "it tries the same again and again, and so does "}
			var others []ID
			for _, q := range w.procs {
				if q != nil && q != p && q.Ended < 0 && q.last >= w.useful {
					others = append(others, q.ID)
				}
			}
			if wait.Why += w.titles(others); len(others) == 0 {
				wait.Why = "it tries the same again and again"
			}
			out = append(out, wait)
		default:
			if ok, _ := w.can(p, next); !ok {
				out = append(out, ruleOf(next.Op).waits(w, p, next))
			}
		}
	}
	return out
}

// lookedAt names what a process has asked in its last steps: " of done or ready".
func (w *World) lookedAt(p *Proc, steps int) string {
	var names []string
	for i := len(w.Events) - 1; i >= 0 && steps > 0; i-- {
		e := &w.Events[i]
		if e.Proc != p.ID {
			continue
		}
		steps--
		if e.Op.Object == "" {
			continue // of several: each is asked by itself
		}
		switch e.Op.Kind {
		case trace.Get, trace.TryLock, trace.Poll, trace.Call, trace.Acquire, trace.Wait, trace.Recv, trace.Send:
			name := w.Called(e.Op.Object)
			if source, site := w.Named(e.Op.Object); source == "" && site.File != "" {
				name = "what was " + name
			}
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		case trace.Alive, trace.Join:
			if name := w.PathTitle(e.Op.Object); !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	if len(names) == 0 {
		return ""
	}
	slices.Sort(names)
	return " of " + strings.Join(names, " or ")
}
