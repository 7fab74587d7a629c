package model

import "lockstep/mp/trace"

// Any child may be killed before any of its operations, if Options.Deaths says so. Who kills
// it is no process of the program's: each child has a reaper, which has one step, may make
// it at any time, and need not. To the search, that step is like the kill of a process by
// another. A schedule calls the reaper of "0.2" "0.2x".

// Reaper ends the path of a reaper.
const Reaper = "x"

// reap gives a process its reaper.
func (w *World) reap(victim *Proc) error {
	path := victim.Path + Reaper
	id, ok := w.names.Proc(path)
	if !ok {
		return &Unfit{Processes}
	}
	for int(id) >= len(w.procs) {
		w.procs = append(w.procs, nil)
	}
	w.procs[id] = &Proc{
		ID: id, Path: path, Parent: victim.Parent, victim: victim, clock: victim.clock.Copy(), last: -1, start: victim.start, Ended: -1,
		Pending: &Pending{Op: trace.Event{Proc: path, Kind: trace.Signal, Object: victim.Path, Index: -1}},
	}
	victim.reaper = w.procs[id]
	return nil
}

// Mortal returns the reapers that can make their step now. Whoever is killed when the clock
// is put forward is killed before.
func (w *World) Mortal() (s Set) {
	if w.passed {
		return 0
	}
	return w.Doomed()
}

// Doomed returns those that can make their step now, or could before the clock was put
// forward.
func (w *World) Doomed() (s Set) {
	if w.deaths >= w.options.Deaths {
		return 0
	}
	for _, p := range w.procs {
		if p != nil && p.victim != nil && p.victim.stopped() {
			s = s.With(p.ID)
		}
	}
	return s
}

// stopped reports whether a process stands before an operation, or where it waits in the
// middle of one: a message that is on its way is within the system.
func (p *Proc) stopped() bool {
	next := p.Pending
	return p.Ended < 0 && next != nil && (next.Phase == Call || next.Op.Kind == trace.Wait && next.Phase != Dies)
}

// Whose is the process that a step belongs to: who makes it, or whom a reaper kills by it.
func (w *World) Whose(e *Event) ID {
	if p := w.Proc(e.Proc); p != nil && p.victim != nil {
		return p.victim.ID
	}
	return e.Proc
}

// Struck reports whether a process is killed by a step for no reason of the program's. What
// the step is said to hold is what the process held.
func (w *World) Struck(e *Event) bool { return w.Whose(e) != e.Proc }

// spared notes, when a process ends by the step at an index, that it could have been killed
// before.
func (w *World) spared(p *Proc, at int) {
	if r := p.reaper; r != nil && r.Pending != nil && w.deaths < w.options.Deaths {
		w.halts = append(w.halts, Halt{At: at + 1, Blocked: []Stopped{w.stopped(r)}})
	}
}
