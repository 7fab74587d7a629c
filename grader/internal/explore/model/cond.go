package model

import (
	"slices"

	"lockstep/mp/trace"
)

// cond is what processes wait at for a signal.
type cond struct {
	waiting []ID       // not signalled yet, the longest first
	woken   map[ID]int // by which step; -1: its time is over
}

// conds are what is done to conditions.
var conds = primitive{
	{trace.New, "cond"}:              making{},
	{trace.Notify, "cond.signal"}:    signalling{},
	{trace.Notify, "cond.broadcast"}: signalling{all: true},
	{trace.Wait, "cond.wait"}:        waitingCond{},
}

func onCond(op trace.Event) bool { return op.Operation().On == trace.OnCond }

func (w *World) condOf(object string) *cond {
	return objectOf(w, object, func() *cond { return &cond{woken: map[ID]int{}} })
}

func (c *cond) gone(_ *World, p *Proc, _ int) {
	c.waiting = slices.DeleteFunc(c.waiting, func(q ID) bool { return q == p.ID })
}

type signalling struct {
	free
	all bool
}

func (signalling) touch(w *World, _ *Proc, next *Pending, _ bool) []Access {
	return []Access{{On: w.resource(ofMeeting, next.Op.Object, -1, ""), Mode: Arrive}}
}

func (s signalling) apply(w *World, _ *Proc, next *Pending, i int) error {
	w.condOf(next.Op.Object).notify(s.all, i)
	return nil
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

func (waitingCond) twice(*World, *Proc, *Pending) bool { return true }

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
	why := "nobody is left to signal it"
	if last := w.lastSignal(p, next.Op.Object); last != "" {
		why = last + ", and " + why
	}
	return Waiting{Proc: p.ID, Op: next.Op, Kind: ForSignal, Held: -1, For: "condition " + w.Called(next.Op.Object), Why: why}
}

// lastSignal says what became of the last signal at a condition, for one who waits there;
// "" where there was none.
func (w *World) lastSignal(p *Proc, object string) string {
	waits := false // p has begun to wait since
	for i, e := range slices.Backward(w.Events) {
		switch {
		case e.Op.Object != object:
		case e.Proc == p.ID && e.Op.Kind == trace.Wait:
			waits = true
		case e.Op.Kind == trace.Notify && waits:
			return w.Did(i, "signalled it") + " before " + w.Title(p.ID) + " waited"
		case e.Op.Kind == trace.Notify:
			return w.Did(i, "signalled it last") + " and woke another"
		}
	}
	return ""
}
