package model

import (
	"slices"

	"lockstep/mp/trace"
)

// A process that asks the same thing again and again, and gets the same answer,
// waits for a change. It is kept from going round until there is one: going round
// again can't show anything new.
const (
	sameRounds  = 3  // after which a loop is taken to wait
	longestLoop = 12 // operations in one round
)

// MostRounds is how many more times loops that wait may go round when nothing
// else can be done, before they are said to go round for ever.
const MostRounds = 2000

// mostIdle is how many steps in a row may change nothing while every process that
// makes them repeats itself, before they are said to go round for ever.
const mostIdle = 3 * MostRounds

// mostTimed is how many steps in a row may change nothing by the clock before loops whose
// rounds take time are kept from going round like any other.
const mostTimed = mostIdle / 2

// shownIdle is how many of them are looked at closely: later ones show the same.
const shownIdle = 2 * sameRounds * longestLoop

// Churns reports whether the processes keep each other busy and get nowhere.
func (w *World) Churns() bool {
	n := len(w.Events) - w.useful
	if n <= mostIdle || n%(mostIdle/10) != 0 {
		return false
	}
	for _, p := range w.procs {
		if p != nil && p.Ended < 0 && p.last >= w.useful && p.period() == 0 {
			return false
		}
	}
	return true
}

// Telling is how many of the run's steps tell something new.
func (w *World) Telling() int {
	if n := len(w.Events) - w.useful; n > mostIdle {
		return w.useful + shownIdle
	}
	return len(w.Events)
}

// Dozes reports whether a process has time: it only sleeps, again and again, and may
// look at something in between that is not shown here; or it has just given up the
// same wait once more although others can go on.
func (w *World) Dozes(id ID) bool {
	p := w.Proc(id)
	if p == nil || p.last < 0 {
		return false
	}
	last := &w.Events[p.last]
	return p.dozes >= sameRounds || p.gaveUp > 1 && last.TimeOver()
}

// period is how many steps of a process are the same again and again; 0: it does
// not repeat itself.
func (p *Proc) period() int {
	for k := 1; k <= longestLoop && sameRounds*k <= len(p.recent); k++ {
		if repeats(p.recent[len(p.recent)-sameRounds*k:], k) != nil {
			return k
		}
	}
	return 0
}

// round is what is remembered of a step to recognise a loop.
type round struct {
	print  uint64
	reads  []Access
	writes []int // of each resource read, how many changes there had been
	idle   bool  // it changes nothing for others
	takes  bool  // time
}

// spin is a loop that waits.
type spin struct {
	reads  []Access
	writes []int
	length int
}

// remember keeps the last steps of a process.
func (w *World) remember(p *Proc, i int) {
	e := &w.Events[i]
	r := round{idle: idle(e), print: fingerprint(e.Op), takes: e.Op.Limit > 0 && (e.Op.Kind == trace.Sleep || e.TimeOver())}
	for _, a := range e.Access {
		switch a.Mode {
		case Read, LookAll, LookShape, LookPart, Missed, Look, Ask:
			r.reads = append(r.reads, a)
			r.writes = append(r.writes, w.state(a.On).writes)
		}
	}
	if p.dozes++; e.Op.Kind != trace.Sleep {
		p.dozes = 0
	}
	if e.TimeOver() && !e.Forced {
		if p.gaveUp++; e.Op.Site != p.gaveUpAt {
			p.gaveUp, p.gaveUpAt = 1, e.Op.Site
		}
	}
	p.recent = append(p.recent, r)
	if len(p.recent) > 2*sameRounds*longestLoop {
		p.recent = slices.Clone(p.recent[len(p.recent)-sameRounds*longestLoop:])
	}
	if !e.Forced && !r.idle {
		w.Rounds = 0
	}
	if !r.idle {
		w.useful = i + 1
	}
}

// idle reports whether a step leaves everything as it was, if its like comes again
// and again: reading, taking a lock and giving it back, sleeping, finding the end of a pipe.
func idle(e *Event) bool {
	o := e.Op.Operation()
	if o.Has(trace.Limits) {
		atEnd := o.Kind == trace.Recv && slices.ContainsFunc(e.Access, func(a Access) bool { return a.Mode == OutEnd })
		return !e.Ready || atEnd || o.Has(trace.Idles) || onCond(e.Op) && e.Op.Limit != 0 && e.Phase == Call // its lock is given back, and taken again
	}
	return o.Has(trace.Idles)
}

func fingerprint(op trace.Event) uint64 {
	h := op.Hash ^ uint64(op.Kind)<<56 ^ uint64(op.Index)*0x9e3779b97f4a7c15 ^ uint64(op.Site.Line)<<32
	for _, s := range []string{op.Object, op.Method, op.Key, op.Arg, op.Result, op.Site.File} {
		h = (h ^ hashText(s)) * 1099511628211
	}
	return h
}

// goesRound looks whether a process that has come to its next operation is in a
// loop that waits. By the clock, one whose rounds take time is not: each round may be its
// last, since the time is another.
func (p *Proc) goesRound(w *World) {
	for k := 1; k <= longestLoop && sameRounds*k <= len(p.recent); k++ {
		tail := p.recent[len(p.recent)-sameRounds*k:]
		if s := repeats(tail, k); s != nil && s.same(p.Pending.Op, w, p, k) {
			if w.options.Clock && slices.ContainsFunc(tail, func(r round) bool { return r.takes }) {
				if len(w.Events)-w.useful <= mostTimed {
					return
				}
				w.Hasty = true
			}
			p.Pending.spin = s
			return
		}
	}
}

// repeats reports whether the steps are the same k again and again.
func repeats(tail []round, k int) *spin {
	s := &spin{length: k}
	for i, r := range tail {
		if !r.idle || r.print != tail[i%k].print {
			return nil
		}
		if i >= len(tail)-k {
			s.reads = append(s.reads, r.reads...)
			s.writes = append(s.writes, r.writes...)
		}
	}
	if len(s.reads) == 0 {
		return nil
	}
	return s
}

// same reports whether the next operation begins another round.
func (s *spin) same(op trace.Event, w *World, p *Proc, k int) bool {
	var first trace.Event
	n := 0
	for i := len(w.Events) - 1; i >= 0 && n < k; i-- {
		if w.Events[i].Proc == p.ID {
			first = w.Events[i].Op
			n++
		}
	}
	return n == k && first.Kind == op.Kind && first.Object == op.Object && first.Index == op.Index && first.Site == op.Site
}

// changed reports whether something that the loop reads has changed since, and by
// which steps.
func (s *spin) changed(w *World) (bool, []int) {
	for i, a := range s.reads {
		state := w.state(a.On)
		if state.writes <= s.writes[i] {
			continue
		}
		// The first change after the loop's last look.
		n := state.writes
		for j := len(state.events) - 1; j >= 0; j-- {
			e := &w.Events[state.events[j]]
			for _, b := range e.Access {
				if b.On == a.On && changes(b.Mode) {
					if n--; n == s.writes[i] {
						return true, []int{state.events[j]}
					}
				}
			}
		}
		return true, nil
	}
	return false, nil
}
