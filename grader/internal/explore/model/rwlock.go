package model

import (
	"slices"

	"lockstep/mp/trace"
)

// rwlocks are what is done to readers–writer locks.
var rwlocks = primitive{
	{trace.New, "rwlock"}:              making{},
	{trace.Lock, "rwlock.lock"}:        entering{alone: true},
	{trace.Lock, "rwlock.rlock"}:       entering{},
	{trace.TryLock, "rwlock.trylock"}:  entering{alone: true},
	{trace.TryLock, "rwlock.tryrlock"}: entering{},
	{trace.Unlock, "rwlock.unlock"}:    leaving{alone: true},
	{trace.Unlock, "rwlock.runlock"}:   leaving{},
}

// rwlock is a readers–writer lock's state. What a dead process holds is free for those who
// wait for it, and not for those who only try.
type rwlock struct {
	holders []holder
	freed   int   // the step by which one who held it alone gave it back last; -1
	shares  []int // since then, those by which readers did
}

type holder struct {
	proc  ID
	taken int // the step
	alone bool
	died  int // the step by which the process ended; -1
}

func (w *World) rwlockOf(object string) *rwlock {
	return objectOf(w, object, func() *rwlock { return &rwlock{freed: -1} })
}

func (l *rwlock) gone(_ *World, p *Proc, at int) {
	for i := range l.holders {
		if l.holders[i].proc == p.ID {
			l.holders[i].died = at
		}
	}
}

// against are those whose hold keeps somebody out.
func (l *rwlock) against(alone bool) []holder {
	return slices.DeleteFunc(slices.Clone(l.holders), func(h holder) bool { return !alone && !h.alone })
}

// entering takes the lock.
type entering struct{ alone bool }

func (r entering) ready(w *World, _ *Proc, next *Pending) (bool, []int) {
	l := w.rwlockOf(next.Op.Object)
	var needs []int
	if l.freed >= 0 {
		needs = append(needs, l.freed)
	}
	if r.alone {
		needs = append(needs, l.shares...)
	}
	for _, h := range l.against(r.alone) {
		if h.died < 0 || next.Op.Kind == trace.TryLock {
			return false, nil
		}
		needs = append(needs, h.died)
	}
	return true, needs
}

func (r entering) touch(w *World, _ *Proc, next *Pending, ready bool) []Access {
	mode := Share
	if r.alone || ready && len(w.rwlockOf(next.Op.Object).against(false)) > 0 { // then it buries the dead, which those who try can tell
		mode = Hold
	}
	if next.Op.Kind == trace.TryLock && !ready {
		mode = Missed
	}
	return []Access{{On: w.resource(ofLock, next.Op.Object, -1, ""), Mode: mode}}
}

func (r entering) apply(w *World, p *Proc, next *Pending, i int) error {
	if !w.Events[i].Ready {
		return nil
	}
	l := w.rwlockOf(next.Op.Object)
	if len(l.against(r.alone)) > 0 { // the dead, who are buried by who waits for them
		l.holders = slices.DeleteFunc(l.holders, func(h holder) bool { return h.died >= 0 })
	}
	l.holders = append(l.holders, holder{p.ID, i, r.alone, -1})
	p.hold(Holding{Lock: next.Op.Object, Resource: w.resource(ofLock, next.Op.Object, -1, ""), Since: i, Shared: !r.alone})
	return nil
}

func (r entering) waits(w *World, p *Proc, next *Pending) Waiting {
	wait := Waiting{Proc: p.ID, Op: next.Op, Kind: ForLock, For: "lock " + w.Called(next.Op.Object), Held: -1}
	for _, h := range w.rwlockOf(next.Op.Object).against(r.alone) {
		wait.On = append(wait.On, h.proc)
		wait.Held = h.taken
		wait.Why = "held by " + w.Title(h.proc)
		if h.proc == p.ID {
			wait.Kind, wait.Why = ForOwnLock, "held by itself"
		}
		if site := w.Events[h.taken].Op.Site.String(); site != "" {
			wait.Why += " since " + site
		}
		if !h.alone {
			wait.Why += ", who reads"
		}
		if wait.Kind == ForOwnLock {
			break
		}
	}
	return wait
}

// leaving gives it back.
type leaving struct {
	free
	alone bool
}

func (r leaving) touch(w *World, _ *Proc, next *Pending, _ bool) []Access {
	mode := Unshare
	if r.alone {
		mode = Free
	}
	return []Access{{On: w.resource(ofLock, next.Op.Object, -1, ""), Mode: mode}}
}

func (r leaving) apply(w *World, p *Proc, next *Pending, i int) error {
	l := w.rwlockOf(next.Op.Object)
	at := slices.IndexFunc(l.holders, func(h holder) bool { return h.proc == p.ID && h.alone == r.alone })
	if at < 0 {
		return nil // the process dies of it
	}
	l.holders = slices.Delete(l.holders, at, at+1)
	if r.alone {
		l.freed, l.shares = i, nil
	} else {
		l.shares = append(l.shares, i)
	}
	p.letGo(next.Op.Object)
	return nil
}
