package model

import (
	"maps"
	"slices"
	"strings"

	"lockstep/mp/trace"
)

// This file says when two moments are the same: when everything that can come after
// the one can come after the other. What a living process does next depends on what it
// was given and on what came of its operations so far; how one that has ended came to
// its end is nobody's concern any more.

// State is what all that can come after this moment depends on, and how the run is to be
// judged by what was printed and by how the first process ends; 0: not known, because
// time, a process that died of its own step or a pool's tasks have to do with it.
//
// Of one that was killed counts what it has left behind: the locks that it held, which
// their objects tell, messages that it was within, and that one less may be killed.
func (w *World) State() uint64 {
	if w.Odd {
		return 0
	}
	h := mix(w.printed, uint64(w.deaths))
	for _, p := range w.procs {
		if p == nil || p.victim != nil {
			continue
		}
		s := p.state(w)
		if s == 0 {
			return 0
		}
		h = mix(h, s)
	}
	return max(mix(h, w.shared()), 1)
}

// shared is the part of what processes share.
func (w *World) shared() uint64 {
	var all uint64 // of what comes in no order
	for id, o := range w.objects {
		all += mix(hashText(id.(identity).text()), o.state(w))
	}
	for name, e := range w.ends {
		all += mix(hashText(name), uint64(e.copies))
	}
	for r, c := range w.cells {
		holds := c.past
		if !c.whole {
			holds = w.wrote(c.wrote)
		}
		all += mix(uint64(r)<<1|bit(c.set), holds)
	}
	for name, made := range w.Objects {
		all += mix(hashText(name), text(made.Hash^uint64(made.Size), made.Result))
	}
	return all + w.closed
}

// Moment is what the outcome of a process's next step depends on, if it is let go like that:
// what it comes to afterwards, and what it learns; 0: not known.
func (w *World) Moment(p *Proc, g Grant) uint64 {
	next := w.Next(p)
	if w.Odd || p.victim != nil || next.Phase != Call || g.Twice || g.Again || g.Dies || g.Ends != "" {
		return 0
	}
	h := p.state(w)
	if h == 0 {
		return 0
	}
	h = mix(h, bit(g.Ready))
	switch next.Op.Kind {
	case trace.Begin, trace.Exit, trace.Start, trace.New:
	case trace.Join, trace.Alive:
		for _, path := range append(slices.Clip(next.Op.Carries), next.Op.Object) {
			if child := w.At(path); child != nil && child.Ended >= 0 {
				h = mix(h, child.state(w))
			} else {
				h = mix(h, 1)
			}
		}
	default:
		h = mix(h, w.shared())
	}
	return max(h, 1)
}

// state is a process's part.
func (p *Proc) state(w *World) uint64 {
	h := uint64(p.ID)<<1 | 1
	if p.Ended >= 0 {
		return mix(text(h, w.Events[p.Ended].Op.Arg), bit(p.serving)<<1|bit(p.Killed))
	}
	next := p.Pending
	if p.past == 0 || next == nil || next.spin != nil {
		return 0
	}
	h = mix(mix(h, p.past), Shape(next.Op)^next.Op.Hash)
	h = mix(h, uint64(next.Phase)<<1|bit(p.midLine))
	if next.Phase == Return {
		h = mix(h, uint64(w.stands(next)))
	}
	for _, s := range p.said {
		h = text(h, s)
	}
	var copies uint64
	for name, n := range p.copies {
		if n > 0 {
			copies += mix(hashText(name), uint64(n))
		}
	}
	return max(mix(h, copies), 1)
}

// stands is where an operation in two parts stands in the order of its like.
func (w *World) stands(next *Pending) int {
	switch o := w.objects[idOf[*barrier](next.Op.Object)].(type) {
	case *barrier:
		return next.order - len(o.rounds)
	}
	return next.order - len(w.pipeOf(next.Op.Object).taken)
}

// wrote is what a step wrote.
func (w *World) wrote(step int) uint64 {
	if step < 0 {
		return 0
	}
	return w.Events[step].Op.Hash
}

func (l *lock) state(*World) uint64 {
	if !l.held {
		return 0
	}
	return uint64(l.owner)<<2 | bit(l.orphaned >= 0)<<1 | 1
}

func (l *rwlock) state(*World) (h uint64) {
	for _, o := range l.holders {
		h += mix(uint64(o.proc), bit(o.alone)<<1|bit(o.died >= 0))
	}
	return h
}

func (d *pipe) state(w *World) uint64 {
	h := bit(d.closed)
	for _, m := range d.queue {
		h = mix(h, w.wrote(m.step))
		if m.whole {
			h = mix(h, uint64(m.sender)<<1|bit(m.broken))
		}
	}
	return h
}

func (b *barrier) state(*World) uint64 {
	return uint64(len(b.rounds[len(b.rounds)-1]))<<1 | bit(b.broken >= 0)
}

func (c *cond) state(*World) (h uint64) {
	for _, p := range c.waiting {
		h = mix(h, uint64(p)+1)
	}
	for _, p := range slices.Sorted(maps.Keys(c.woken)) {
		h = mix(h, uint64(p)<<2|bit(c.woken[p] >= 0)<<1|1)
	}
	return h
}

// state is not asked for: what a pool's workers work on is not on record.
func (*pool) state(*World) uint64 { return 0 }

// odd reports whether a step makes later moments depend on more than is on record.
func odd(e *Event) bool {
	return e.Op.Kind == trace.Sleep || e.Forced || e.Tail || e.Op.Limit > 0 || e.Op.Operation().On == trace.OnPool
}

// given is what a process knows at first.
func given(path string, by *Event) uint64 {
	h := text(1, path)
	if by != nil {
		h = text(h^by.Op.Hash, by.Op.Name)
	}
	return h
}

// learn adds a step to what its process knows, which is 0 once it has learned what is not
// on record.
func (p *Proc) learn(e *Event) {
	switch {
	case e.Phase == Says || p.past == 0:
		return
	case e.Op.Operation().On == trace.OnPool && e.Op.Kind != trace.New && e.Op.Kind != trace.Close,
		strings.HasSuffix(e.Op.Result, "…"): // there is more
		p.past = 0
		return
	}
	h := p.past*31 ^ Shape(e.Op) ^ e.Op.Hash ^ uint64(e.Phase)<<56
	if e.Ready {
		h = ^h
	}
	p.past = max(text(h, e.Op.Result), 1)
}

// Shape is an operation without its values.
func Shape(op trace.Event) uint64 {
	var h uint64 = 14695981039346656037 // FNV-1a
	for _, s := range []string{op.Object, op.Method, op.Key, op.Site.File} {
		h = text(h, s)
	}
	return h ^ uint64(op.Kind) ^ uint64(op.Index+1)<<8 ^ uint64(op.Site.Line)<<40
}

// text adds a text to a hash.
func text(h uint64, s string) uint64 {
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return (h ^ 0xff) * 1099511628211
}

func bit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}
