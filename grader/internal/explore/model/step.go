package model

import (
	"slices"

	"lockstep/mp/trace"
)

// Grant says how p is to be let go.
func (w *World) Grant(p *Proc) Grant {
	next := w.Next(p)
	switch next.Phase {
	case Says, Dies:
		return Grant{}
	case Return, Relock:
		if w.givesUpSignal(p, next) {
			return Grant{}
		}
		return Grant{Real: true, Ready: w.inTime(p, next), Again: true}
	}
	rule := ruleOf(next.Op)
	ready, _ := rule.ready(w, p, next)
	g := Grant{Real: true, Ready: ready}
	if t, ok := rule.(twice); ok && ready {
		g.Twice = t.twice(w, p, next)
	}
	if next.Op.Kind == trace.Signal {
		if victim := w.At(next.Op.Object); victim != nil && victim.Ended < 0 && victim != p {
			g.Ends, g.Dies = victim.Path, p.victim != nil
		}
	}
	return g
}

// Made records that p has made its next step. result is the operation with what
// came of it; for a step of the model's own, or one that has not returned yet, it
// is what Next gave. It returns the step's index.
func (w *World) Made(p *Proc, result trace.Event) (int, error) {
	next := w.Next(p)
	ready, needs := w.can(p, next)
	met := needs
	switch {
	case !ready:
	case next.Phase == Call:
		ready, met = ruleOf(next.Op).ready(w, p, next)
	case next.Phase == Return || next.Phase == Relock:
		_, met = ruleOf(next.Op).ready(w, p, next)
		ready = w.inTime(p, next)
	}
	e := w.step(p, next, result, w.touches(p, next), needs)
	if e.Ready = ready; ready {
		e.Met = met
	}
	e.Tail = next.Phase == Dies
	return w.record(p, next, e)
}

// inTime reports whether what the second part of an operation waits for is there; it
// gives up otherwise.
func (w *World) inTime(p *Proc, next *Pending) bool {
	if onCond(next.Op) {
		by, woken := w.condOf(next.Op.Object).woken[p.ID]
		return woken && by >= 0
	}
	ready, _ := ruleOf(next.Op).ready(w, p, next)
	return ready
}

// step makes the record of a step, with its clock.
func (w *World) step(p *Proc, next *Pending, result trace.Event, access []Access, needs []int) Event {
	p.n++
	holder := p
	if p.victim != nil {
		holder = p.victim
	}
	e := Event{
		Proc: p.ID, N: p.n, Op: result, Phase: next.Phase, Access: access, Needs: needs,
		Before: p.clock.Copy(), Knew: p.past, Saw: -1, Child: -1, Held: holder.held, Blocks: w.blocks(next),
	}
	c := p.clock.Copy()
	c.Set(p.ID, p.n)
	c.Join(w.barrier)
	for _, i := range needs {
		if i >= 0 {
			c.Join(w.Events[i].Clock)
		}
	}
	for _, a := range access {
		if s := w.resources[a.On]; s != nil {
			for m := range s.by {
				if s.used[m] && conflicts[a.Mode][m] {
					c.Join(s.by[m])
				}
			}
			if a.Mode == Say {
				for _, i := range s.events {
					if Dependent(w.Events[i].Access, access) {
						c.Join(w.Events[i].Clock)
					}
				}
			}
		}
	}
	e.Clock = c
	return e
}

// record adds a step and does what it does to the state.
func (w *World) record(p *Proc, next *Pending, e Event) (int, error) {
	i := len(w.Events)
	p.clock, p.last = e.Clock, i
	p.learn(&e)
	w.Odd, w.passed = w.Odd || odd(&e), false
	w.Events = append(w.Events, e)
	for _, a := range e.Access {
		s := w.state(a.On)
		if a.Mode != Say {
			s.by[a.Mode].Join(e.Clock)
			s.used[a.Mode] = true
		}
		if n := len(s.events); n == 0 || s.events[n-1] != i {
			s.events = append(s.events, i)
		}
		if changes(a.Mode) {
			s.writes++
		}
	}
	switch next.Phase {
	case Says:
		w.say(p, next.Op.Arg)
		p.said = p.said[1:]
		return i, nil
	case Dies:
		return i, w.end(p, i, false)
	}
	p.Pending = nil
	err := ruleOf(next.Op).apply(w, p, next, i)
	if p.Pending != nil {
		p.Pending.since, p.Pending.patient = next.since, next.spin != nil
	}
	w.remember(p, i)
	return i, err
}

// changes reports whether somebody who waits for a change would see one.
func changes(m Mode) bool {
	switch m {
	case Write, Part, Grow, Append, Reshape, Hold, Free, Share, Unshare, Put, PutSure, Out, CloseIn, CloseOut, Owe, Finish, FinishAny, Arrive, End, Kill:
		return true
	}
	return false
}

// blocks reports whether an operation may have to wait at all.
func (w *World) blocks(next *Pending) bool {
	if next.Phase == Return || next.Phase == Relock || next.spin != nil {
		return true
	}
	return next.Phase == Call && !w.immediate(next) && next.Op.Operation().Has(trace.Blocks)
}

// Events that touch a resource, in order. The search looks for conflicts there.
func (w *World) On(r Resource) []int {
	if s := w.resources[r]; s != nil {
		return s.events
	}
	return nil
}

// Successor is the process that takes the place of the one that ended by a step, or nil.
func (w *World) Successor(i int) *Proc {
	if e := &w.Events[i]; e.Op.Kind != trace.Start {
		return w.Proc(e.Child)
	}
	return nil
}

// Stopped returns the operations that processes can't make now, or need not.
func (w *World) Stopped() []Stopped {
	var out []Stopped
	for _, p := range w.procs {
		next := w.Next(p)
		if next == nil {
			continue
		}
		if p.victim != nil && w.deaths >= w.options.Deaths {
			continue
		}
		if ok, _ := w.can(p, next); ok && p.victim == nil {
			continue
		}
		out = append(out, w.stopped(p))
	}
	return out
}

func (w *World) stopped(p *Proc) Stopped {
	return Stopped{p.ID, w.Touches(p), p.clock.Copy(), w.Locks(p)}
}

// Locks are those that nobody else can hold when a process makes its next step.
func (w *World) Locks(p *Proc) []Resource {
	var list []Resource
	for _, h := range p.held {
		if !h.Shared {
			list = append(list, h.Resource)
		}
	}
	if next := w.Next(p); !w.immediate(next) {
		for _, a := range w.touches(p, next) {
			if a.Mode == Hold {
				list = append(list, a.On)
			}
		}
	}
	slices.Sort(list)
	return list
}

// Under reports whether a step was made under one of those locks.
func (e *Event) Under(locks []Resource) bool {
	return slices.ContainsFunc(e.Held, func(h Holding) bool { return slices.Contains(locks, h.Resource) })
}

// Halts are the moments of this run at which time had to pass.
func (w *World) Halts() []Halt { return w.halts }

// end is the end of a process: its copies of pipe ends close, its children's
// managers end, its locks have no owner any more, and a pool's worker has a successor.
func (w *World) end(p *Proc, at int, killed bool) error {
	w.spared(p, at)
	p.Ended, p.Killed, p.Pending, p.said = at, killed, nil, nil
	for name, n := range p.copies {
		if n > 0 {
			w.endOf(name).release(w, n, at)
		}
	}
	p.copies = map[string]int{}
	for _, o := range w.objects {
		o.gone(w, p, at)
	}
	if p.post != nil {
		return w.succeed(p, at)
	}
	return nil
}

// ending is what the end of a process touches.
func (w *World) ending(p *Proc) []Access {
	list := []Access{{On: w.resource(ofProcess, p.Path, -1, ""), Mode: End}}
	for name, n := range p.copies {
		if n > 0 {
			list = append(list, w.closing(name)...)
		}
	}
	if p.serving {
		list = append(list, Access{On: w.resource(ofService, "", -1, ""), Mode: Write})
	}
	for id, o := range w.objects {
		if b, ok := o.(*pool); ok && b.maker == p.Path {
			tasks := w.resource(ofPipe, string(id.(idOf[*pool])), -1, "")
			if list = append(list, Access{On: tasks, Mode: CloseIn}); len(b.portions) > 0 {
				list = append(list, Access{On: tasks, Mode: Out}) // which nobody will take
			}
		}
	}
	if p.post != nil {
		list = append(list, p.post.dying(w)...)
	}
	slices.SortFunc(list, func(a, b Access) int {
		if a.On != b.On {
			return int(a.On) - int(b.On)
		}
		return int(a.Mode) - int(b.Mode)
	})
	return list
}

// Knows is what a process knows to have happened.
func (w *World) Knows(id ID) Clock {
	if p := w.Proc(id); p != nil {
		return p.clock
	}
	return nil
}

// Killed reports whether a process was ended by another in this run.
func (w *World) Killed(r Resource) bool {
	s := w.resources[r]
	return s != nil && s.used[Kill]
}
