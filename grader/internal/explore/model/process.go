package model

import (
	"strings"

	"lockstep/mp/trace"
)

// A rule is how one kind of operation works.
type rule interface {
	// ready says whether it can be made without waiting, and by which steps.
	ready(*World, *Proc, *Pending) (bool, []int)
	// touch says what it does to what, if it is made now.
	touch(w *World, p *Proc, next *Pending, ready bool) []Access
	// apply changes the world; the step stands at index i already.
	apply(w *World, p *Proc, next *Pending, i int) error
	// waits says why it can't be made.
	waits(*World, *Proc, *Pending) Waiting
}

// twice is a rule of operations that may stop a second time.
type twice interface {
	twice(*World, *Proc, *Pending) bool
}

// rules has one for every kind.
var rules [256]rule

func init() {
	for i := range rules {
		rules[i] = free{}
	}
	rules[trace.Exit] = exiting{}
	rules[trace.Start] = starting{}
	rules[trace.Join] = joining{}
	rules[trace.Alive] = asking{}
	rules[trace.Signal] = ending{}
	rules[trace.Lock] = locking{}
	rules[trace.TryLock] = locking{}
	rules[trace.Unlock] = unlocking{}
	rules[trace.Get] = getting{}
	rules[trace.Set] = setting{}
	rules[trace.Call] = calling{}
	rules[trace.Send] = either{sending{}, putting{}}
	rules[trace.Recv] = either{receiving{}, taking{}}
	rules[trace.Poll] = either{polling{}, counting{}}
	rules[trace.Close] = closings{}
	rules[trace.Acquire] = acquiring{}
	rules[trace.Release] = releasing{}
	rules[trace.Wait] = waitings{}
	rules[trace.Notify] = notifyings{}
	rules[trace.Map] = mapping{}
	rules[trace.Take] = portion{}
	rules[trace.Give] = giving{}
	rules[trace.Next] = nextResult{}
	rules[trace.New] = making{}
	rules[trace.Sleep] = sleeping{}
}

// free operations concern nobody else.
type free struct{}

func (free) ready(*World, *Proc, *Pending) (bool, []int)    { return true, nil }
func (free) touch(*World, *Proc, *Pending, bool) []Access   { return nil }
func (free) apply(*World, *Proc, *Pending, int) error       { return nil }
func (free) waits(_ *World, p *Proc, next *Pending) Waiting { return Waiting{Proc: p.ID, Op: next.Op} }

type making struct{ free }

func (making) apply(w *World, p *Proc, next *Pending, _ int) error {
	op := next.Op
	if op.Name == "" && w.options.Name != nil {
		op.Name = w.numbered(w.options.Name(op), op)
	}
	w.Objects[op.Object] = op
	switch op.Method {
	case "semaphore":
		w.pipeOf(op.Object).fill(op.Size)
	case "barrier":
		w.barrierOf(op.Object).parties = op.Size
	case "queue":
		w.pipeOf(op.Object).places = op.Size
	case "pool":
		w.poolOf(op.Object).maker = p.Path
		p.pool = op.Object
	}
	return nil
}

// sleeping takes no time: that a process sleeps says nothing of when the others
// get on.
type sleeping struct{ free }

func (sleeping) apply(_ *World, p *Proc, next *Pending, _ int) error {
	p.time += max(int64(next.Op.Limit), 0)
	return nil
}

type exiting struct{ free }

func (exiting) touch(w *World, p *Proc, _ *Pending, _ bool) []Access { return w.ending(p) }
func (exiting) apply(w *World, p *Proc, _ *Pending, i int) error {
	w.end(p, i, false)
	return nil
}

// Names of processes that the library starts for itself.
const (
	ManagerName = "mp.manager"
	WorkerName  = "mp.worker"
)

type starting struct{ free }

func (starting) apply(w *World, p *Proc, next *Pending, i int) error {
	op := w.Events[i].Op
	if op.Result != "" {
		return nil // it failed
	}
	if op.Name == ManagerName {
		p.serving = true
		return nil
	}
	child, err := w.spawn(op.Object, op.Name+"-"+op.Object[strings.LastIndexByte(op.Object, '.')+1:], p.ID, i, w.Events[i].Clock)
	if err != nil {
		return err
	}
	if child.fresh = op.Name == WorkerName; child.fresh && p.pool != "" {
		b := w.poolOf(p.pool)
		b.workers = append(b.workers, child.ID)
	}
	w.Events[i].Child = child.ID
	for _, end := range op.Carries {
		w.endOf(end).copies++
		child.copies[end]++
	}
	return nil
}

type joining struct{ free }

func (joining) ready(w *World, _ *Proc, next *Pending) (bool, []int) {
	child := w.At(next.Op.Object)
	if child == nil {
		return true, nil
	}
	return child.Ended >= 0, []int{child.Ended}
}

func (joining) touch(w *World, _ *Proc, next *Pending, _ bool) []Access {
	if !w.immediate(next) {
		return nil
	}
	return []Access{{On: w.resource(ofProcess, next.Op.Object, -1, ""), Mode: Ask}}
}

func (joining) waits(w *World, p *Proc, next *Pending) Waiting {
	wait := Waiting{Proc: p.ID, Op: next.Op, Kind: ForJoin, Held: -1}
	if child := w.At(next.Op.Object); child != nil {
		wait.For = "the end of " + w.Title(child.ID)
		wait.On = []ID{child.ID}
	}
	return wait
}

type asking struct{ joining }

func (asking) touch(w *World, _ *Proc, next *Pending, _ bool) []Access {
	return []Access{{On: w.resource(ofProcess, next.Op.Object, -1, ""), Mode: Ask}}
}

// ending ends another process at whatever point it has come to.
type ending struct{ free }

func (ending) touch(w *World, p *Proc, next *Pending, _ bool) []Access {
	victim := w.At(next.Op.Object)
	if victim == nil || victim == p {
		return nil
	}
	kill := Access{On: w.resource(ofProcess, victim.Path, -1, ""), Mode: Kill}
	if victim.Ended >= 0 {
		return []Access{kill}
	}
	return append(w.ending(victim), kill)
}

func (ending) apply(w *World, p *Proc, next *Pending, i int) error {
	victim := w.At(next.Op.Object)
	if victim != nil && victim != p && victim.Ended < 0 {
		if w.Next(victim) != nil {
			// What it did not come to do any more, it could have done before.
			w.halts = append(w.halts, Halt{At: i + 1, Lost: true, Blocked: []Stopped{{victim.ID, w.Touches(victim), victim.clock.Copy()}}})
		}
		w.end(victim, i, true)
	}
	return nil
}
