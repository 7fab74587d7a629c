package model

import (
	"time"

	"lockstep/mp/trace"
)

// This file has what a wait's time limit means. In a run, nothing takes time but
// what says so, so there are three ways to look at a limit:
//
//   - By itself, a limit is the last resort: the wait is over when no process can
//     go on any more.
//   - By the clock (Options.Clock) it is over when that much of the program's own
//     sleeps and limits has passed, and not before. Whose time is over at the same
//     moment go on in any order, and in any order with what others do at that moment.
//   - Early (Options.Early) it may be over whenever what it waits for is not there,
//     as if the others were slow: a wait with a limit is then an attempt, which may
//     be made before or after each step that it conflicts with.
//
// The other way round nothing is assumed: that a wait is not over although a
// longer sleep has been slept since it began is not what happens. See Untimely.

// immediate operations return when they are not ready.
func (w *World) immediate(next *Pending) bool {
	o := next.Op.Operation()
	switch {
	case o.Has(trace.Tries):
		return next.Phase == Call
	case o.Has(trace.Limits):
		return (next.Phase == Call) != o.Has(trace.Parts) && w.hasty(next)
	}
	return false
}

// hasty reports whether an operation does not wait, or need not.
func (w *World) hasty(next *Pending) bool {
	return next.Op.Limit < 0 || next.Op.Limit > 0 && (w.options.Early && !next.patient || w.expired(next))
}

// limited reports whether an operation that is not ready gives up some time.
func limited(w *World, p *Proc, next *Pending) bool {
	if next.spin != nil {
		return false // it has given up often enough
	}
	if c := next.Op; next.Phase == Return && onCond(c) && c.Kind == trace.Wait {
		_, woken := w.condOf(c.Object).woken[p.ID]
		return !woken && c.Limit > 0
	}
	if o := next.Op.Operation(); next.Op.Limit > 0 && o.Has(trace.Limits) {
		return next.Phase == Call || next.Phase == Return && o.Has(trace.Parts)
	}
	return false
}

// givesUpSignal reports whether a process stops waiting for a condition's signal, and
// wants the lock back next.
func (w *World) givesUpSignal(p *Proc, next *Pending) bool {
	if next.Phase != Return || !onCond(next.Op) || !w.immediate(next) {
		return false
	}
	_, woken := w.condOf(next.Op.Object).woken[p.ID]
	return !woken
}

// TimeOver reports whether a step is a wait that gave up.
func (e *Event) TimeOver() bool {
	return !e.Ready && e.Limited()
}

// Limited reports whether a step is a wait with a limit, over or not.
func (e *Event) Limited() bool {
	return e.Op.Limit > 0 && e.Phase != Relock && e.Op.Operation().Has(trace.Limits)
}

// Untimely reports whether a wait with a limit has met something in this run that,
// by the program's own sleeps, comes only when its time is over. Each process has
// a clock, which its sleeps and the limits of the waits that it gave up put
// forward, and which is never behind that of a step that it had to wait for.
// Where sleeps take no time, such runs are among those that are made, and say
// nothing of the program.
func (w *World) Untimely() bool {
	_, untimely := w.times()
	return untimely
}

// Belated is the first step that finds, without waiting for it, what comes by the program's
// own sleeps long after it: after a time of at least the given one, and so many times that of
// the process that looks. -1: there is none. A process that goes round in a loop until it has
// waited for long enough, and looks in between whether another has ended, finds that only
// where it is many times slower than it says.
func (w *World) Belated(least time.Duration, times int64) int {
	at, _ := w.times()
	own := map[ID]int64{} // when each process made its last step
	for i := range w.Events {
		e := &w.Events[i]
		seen := e.Saw
		if p := w.At(e.Op.Object); e.Op.Kind == trace.Alive && p != nil && e.Op.Result == "false" {
			seen = p.Ended
		}
		if seen >= 0 && seen < i && at[seen] >= max(int64(least), times*own[e.Proc]) {
			return i
		}
		if own[e.Proc] = at[i]; e.Child >= 0 {
			own[e.Child] = at[i]
		}
	}
	return -1
}

// times are when the steps were made, by the sleeps and limits of the program; see Untimely.
func (w *World) times() (times []int64, untimely bool) {
	times = make([]int64, len(w.Events))
	now := map[ID]int64{}
	began := map[ID]int64{} // a wait in two parts
	for i := range w.Events {
		e := &w.Events[i]
		from := now[e.Proc]
		if e.Phase == Return && e.Limited() {
			from = began[e.Proc]
		}
		began[e.Proc] = now[e.Proc]
		at := from
		for _, j := range e.met() {
			if j >= 0 {
				at = max(at, times[j])
			}
		}
		limit := max(int64(e.Op.Limit), 0)
		switch {
		case e.Op.Kind == trace.Sleep, e.TimeOver():
			at += limit
		case e.Limited() && at > from+limit:
			untimely = true
		}
		times[i], now[e.Proc] = at, at
		if e.Child >= 0 {
			now[e.Child] = at
		}
	}
	return times, untimely
}

// met are the steps that this one had to wait for, or would have had to.
func (e *Event) met() []int {
	if e.Phase == Return && onCond(e.Op) && len(e.Met) > 1 {
		return e.Met[len(e.Met)-1:] // the limit is not on the wait for the lock
	}
	return e.Met
}
