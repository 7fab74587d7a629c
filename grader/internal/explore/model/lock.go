package model

import (
	"slices"

	"lockstep/mp/trace"
)

// lock is a lock's state. A lock whose owner has died is free for those who wait
// for it, and not for those who only try.
type lock struct {
	held     bool
	owner    ID
	taken    int // the step that took it last
	freed    int // … gave it back last; -1
	orphaned int // the step by which its owner died; -1
}

func (w *World) lockOf(object string) *lock {
	return objectOf(w, object, func() *lock { return &lock{owner: -1, taken: -1, freed: -1, orphaned: -1} })
}

func (l *lock) gone(_ *World, p *Proc, at int) {
	if l.owner == p.ID && l.held {
		l.orphaned = at
	}
}

// open reports whether the lock can be taken, and since which steps.
func (l *lock) open() (bool, []int) {
	switch {
	case !l.held && l.freed >= 0:
		return true, []int{l.freed}
	case !l.held:
		return true, nil
	case l.orphaned >= 0:
		return true, []int{l.orphaned}
	}
	return false, nil
}

func (l *lock) take(w *World, p *Proc, object string, at int) {
	l.held, l.owner, l.taken, l.orphaned = true, p.ID, at, -1
	p.hold(Holding{Lock: object, Resource: w.resource(ofLock, object, -1, ""), Since: at})
}

func (l *lock) giveBack(p *Proc, object string, at int) {
	l.held, l.owner, l.freed = false, -1, at
	p.letGo(object)
}

// hold and letGo keep account of the locks that a process holds. What events keep of it
// stays as it is.
func (p *Proc) hold(h Holding) { p.held = append(slices.Clip(p.held), h) }

func (p *Proc) letGo(lock string) {
	for i, h := range slices.Backward(p.held) {
		if h.Lock == lock {
			p.held = slices.Concat(p.held[:i], p.held[i+1:])
			return
		}
	}
}

// locks are what is done to locks.
var locks = primitive{
	{trace.New, "lock"}:          making{},
	{trace.Lock, ""}:             locking{},
	{trace.Lock, "lock.timeout"}: lockingInTime{},
	{trace.TryLock, ""}:          locking{},
	{trace.Unlock, ""}:           unlocking{},
}

type locking struct{}

func (locking) ready(w *World, _ *Proc, next *Pending) (bool, []int) {
	l := w.lockOf(next.Op.Object)
	if next.Op.Kind == trace.TryLock && l.held {
		return false, nil
	}
	return l.open()
}

func (locking) touch(w *World, _ *Proc, next *Pending, ready bool) []Access {
	mode := Hold
	if !ready && (next.Op.Kind == trace.TryLock || next.Op.Limit != 0) {
		mode = Missed
	}
	return []Access{{On: w.resource(ofLock, next.Op.Object, -1, ""), Mode: mode}}
}

func (locking) apply(w *World, p *Proc, next *Pending, i int) error {
	if w.Events[i].Ready {
		w.lockOf(next.Op.Object).take(w, p, next.Op.Object, i)
	}
	return nil
}

func (locking) waits(w *World, p *Proc, next *Pending) Waiting {
	return w.waitsForLock(p, next, next.Op.Object)
}

// lockingInTime gives up when its time is over. Whether its owner has died decides, too.
type lockingInTime struct{ locking }

func (r lockingInTime) touch(w *World, p *Proc, next *Pending, ready bool) []Access {
	list := r.locking.touch(w, p, next, ready)
	if l := w.lockOf(next.Op.Object); l.held {
		list = append(list, Access{On: w.resource(ofProcess, w.procs[l.owner].Path, -1, ""), Mode: Ask})
	}
	return list
}

func (w *World) waitsForLock(p *Proc, next *Pending, object string) Waiting {
	l := w.lockOf(object)
	wait := Waiting{Proc: p.ID, Op: next.Op, Kind: ForLock, For: "lock " + w.Called(object), Held: l.taken}
	if l.held {
		wait.On = []ID{l.owner}
		wait.Why = "held by " + w.Title(l.owner)
		if l.owner == p.ID {
			wait.Kind, wait.Why = ForOwnLock, "held by itself"
		}
		if site := w.Events[l.taken].Op.Site.String(); site != "" {
			wait.Why += " since " + site
		}
	}
	return wait
}

type unlocking struct{ free }

func (unlocking) touch(w *World, _ *Proc, next *Pending, _ bool) []Access {
	return []Access{{On: w.resource(ofLock, next.Op.Object, -1, ""), Mode: Free}}
}

func (unlocking) apply(w *World, p *Proc, next *Pending, i int) error {
	w.lockOf(next.Op.Object).giveBack(p, next.Op.Object, i)
	return nil
}
