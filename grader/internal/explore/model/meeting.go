package model

import (
	"slices"
	"strings"

	"lockstep/mp/trace"
)

// waitings are the waits of events, conditions and barriers.
type waitings struct{}

func (waitings) of(op trace.Event) rule {
	switch {
	case onCond(op):
		return waitingCond{}
	case strings.HasPrefix(op.Method, "barrier."):
		return waitingBarrier{}
	}
	return waitingEvent{}
}

func (r waitings) ready(w *World, p *Proc, next *Pending) (bool, []int) {
	return r.of(next.Op).ready(w, p, next)
}

func (r waitings) touch(w *World, p *Proc, next *Pending, ready bool) []Access {
	return r.of(next.Op).touch(w, p, next, ready)
}

func (r waitings) apply(w *World, p *Proc, next *Pending, i int) error {
	return r.of(next.Op).apply(w, p, next, i)
}

func (r waitings) waits(w *World, p *Proc, next *Pending) Waiting {
	return r.of(next.Op).waits(w, p, next)
}

func (r waitings) twice(_ *World, _ *Proc, next *Pending) bool {
	_, event := r.of(next.Op).(waitingEvent)
	return !event
}

// barrier is where a number of processes wait for each other.
type barrier struct {
	parties int
	rounds  [][]int // of each round, the steps by which somebody arrived
	broken  int     // the step at which somebody gave up; -1
}

func (w *World) barrierOf(object string) *barrier {
	b := w.barriers[object]
	if b == nil {
		b = &barrier{parties: 1, rounds: [][]int{nil}, broken: -1}
		w.barriers[object] = b
	}
	return b
}

type waitingBarrier struct{}

func (waitingBarrier) ready(w *World, _ *Proc, next *Pending) (bool, []int) {
	b := w.barrierOf(next.Op.Object)
	switch {
	case next.Phase == Call:
		return true, nil
	case len(b.rounds[next.order]) >= b.parties:
		return true, b.rounds[next.order]
	case b.broken >= 0:
		return true, []int{b.broken}
	}
	return false, nil
}

func (waitingBarrier) touch(w *World, _ *Proc, next *Pending, _ bool) []Access {
	if next.Phase == Return && !w.immediate(next) {
		return nil
	}
	return []Access{{On: w.resource(ofMeeting, next.Op.Object, -1, ""), Mode: Arrive}}
}

func (waitingBarrier) apply(w *World, p *Proc, next *Pending, i int) error {
	b := w.barrierOf(next.Op.Object)
	if next.Phase == Return {
		if !w.Events[i].Ready && b.broken < 0 {
			b.broken = i
		}
		return nil
	}
	round := len(b.rounds) - 1
	if b.broken < 0 {
		b.rounds[round] = append(b.rounds[round], i)
		if len(b.rounds[round]) >= b.parties {
			b.rounds = append(b.rounds, nil)
		}
	}
	p.Pending = &Pending{Op: w.Events[i].Op, Phase: Return, order: round}
	return nil
}

func (waitingBarrier) waits(w *World, p *Proc, next *Pending) Waiting {
	b := w.barrierOf(next.Op.Object)
	missing := b.parties - len(b.rounds[next.order])
	why := "which opens when " + count(missing, "more process arrives", "more processes arrive")
	if gone := w.neverCame(b, p); len(gone) > 0 {
		why += "; " + strings.Join(gone, " and ") + " before it came"
	}
	return Waiting{Proc: p.ID, Op: next.Op, Kind: ForOthers, Held: -1, For: "barrier " + w.Called(next.Op.Object), Why: why}
}

// neverCame says of those that do the same as p, and have ended without having come
// to the barrier, how they ended.
func (w *World) neverCame(b *barrier, p *Proc) []string {
	came := map[ID]bool{}
	for _, round := range b.rounds {
		for _, i := range round {
			came[w.Events[i].Proc] = true
		}
	}
	kind, _, _ := strings.Cut(p.Name, "-")
	var out []string
	for _, id := range w.Started {
		q := w.procs[id]
		if like, _, _ := strings.Cut(q.Name, "-"); q.Ended < 0 || came[id] || like != kind {
			continue
		}
		how := " ended"
		if e := &w.Events[q.Ended]; q.Killed {
			how = " was ended"
		} else if e.Phase == Dies {
			how = " died"
		} else if code := e.Op.Arg; code != "" && code != "0" {
			how = " ended with code " + code
		}
		out = append(out, w.Title(id)+how)
	}
	return out
}

// cond is what processes wait at for a signal.
type cond struct {
	waiting []ID       // not signalled yet, the longest first
	woken   map[ID]int // by which step; -1: its time is over
}

func onCond(op trace.Event) bool { return strings.HasPrefix(op.Method, "cond.") }

func (w *World) condOf(object string) *cond {
	c := w.conds[object]
	if c == nil {
		c = &cond{woken: map[ID]int{}}
		w.conds[object] = c
	}
	return c
}

// notify wakes the one that has waited longest, or all.
func (c *cond) notify(all bool, at int) {
	n := min(1, len(c.waiting))
	if all {
		n = len(c.waiting)
	}
	for _, p := range c.waiting[:n] {
		c.woken[p] = at
	}
	c.waiting = slices.Clone(c.waiting[n:])
}

// waitingCond gives the lock back, waits for a signal and takes the lock again.
// The lock's identity is the operation's key.
type waitingCond struct{}

func (waitingCond) ready(w *World, p *Proc, next *Pending) (bool, []int) {
	if next.Phase == Call {
		return true, nil
	}
	by, woken := w.condOf(next.Op.Object).woken[p.ID]
	if !woken {
		return false, nil
	}
	ok, needs := w.lockOf(next.Op.Key).open()
	if by >= 0 {
		needs = append(needs, by)
	}
	return ok, needs
}

func (waitingCond) touch(w *World, p *Proc, next *Pending, _ bool) []Access {
	lock := w.resource(ofLock, next.Op.Key, -1, "")
	meeting := Access{On: w.resource(ofMeeting, next.Op.Object, -1, ""), Mode: Arrive}
	switch {
	case next.Phase == Call:
		return []Access{{On: lock, Mode: Free}, meeting}
	case w.givesUpSignal(p, next):
		return []Access{meeting}
	case w.immediate(next):
		return []Access{{On: lock, Mode: Hold}, meeting} // it could have given up before
	}
	return []Access{{On: lock, Mode: Hold}}
}

func (waitingCond) apply(w *World, p *Proc, next *Pending, i int) error {
	c := w.condOf(next.Op.Object)
	switch next.Phase {
	case Call:
		w.lockOf(next.Op.Key).giveBack(p, next.Op.Key, i)
		c.waiting = append(c.waiting, p.ID)
		p.Pending = &Pending{Op: w.Events[i].Op, Phase: Return}
	case Return, Relock:
		if w.givesUpSignal(p, next) {
			c.woken[p.ID] = -1
			c.waiting = slices.DeleteFunc(c.waiting, func(q ID) bool { return q == p.ID })
			p.Pending = &Pending{Op: w.Events[i].Op, Phase: Relock}
			return nil
		}
		delete(c.woken, p.ID)
		c.waiting = slices.DeleteFunc(c.waiting, func(q ID) bool { return q == p.ID })
		w.lockOf(next.Op.Key).take(w, p, next.Op.Key, i)
	}
	return nil
}

func (waitingCond) waits(w *World, p *Proc, next *Pending) Waiting {
	if _, woken := w.condOf(next.Op.Object).woken[p.ID]; woken {
		return w.waitsForLock(p, next, next.Op.Key)
	}
	return Waiting{Proc: p.ID, Op: next.Op, Kind: ForSignal, Held: -1,
		For: "condition " + w.Called(next.Op.Object), Why: "nobody is left to signal it"}
}
