package model

import (
	"strconv"
	"strings"

	"lockstep/mp/trace"
)

// processes are what is done to processes, and by a process alone.
var processes = primitive{
	{trace.Begin, ""}:      beginning{},
	{trace.Exit, ""}:       exiting{},
	{trace.Start, ""}:      starting{},
	{trace.Start, "named"}: starting{},
	{trace.Join, ""}:       joining{},
	{trace.Alive, ""}:      asking{},
	{trace.Signal, ""}:     ending{},
	{trace.Sleep, ""}:      sleeping{},
	{trace.Print, ""}:      free{},
}

// beginning is where a process says what it is called.
type beginning struct{ free }

func (beginning) apply(_ *World, p *Proc, next *Pending, _ int) error {
	if p.Name == "" {
		p.Name = next.Op.Name
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
	return w.end(p, i, false)
}

// Names of processes that the library starts for itself.
const (
	ManagerName = "mp.manager"
	WorkerName  = "mp.worker"
)

type starting struct{ free }

// ChildOf is what the child of a Start is called: "worker-2", or the name that it was given.
func ChildOf(start trace.Event) string {
	if name, err := strconv.Unquote(start.Key); start.Method != "" && err == nil {
		return name
	}
	return start.Name + "-" + start.Object[strings.LastIndexByte(start.Object, '.')+1:]
}

func (starting) apply(w *World, p *Proc, next *Pending, i int) error {
	op := w.Events[i].Op
	if op.Result != "" {
		return nil // it failed
	}
	if op.Name == ManagerName {
		p.serving = true
		return nil
	}
	child, err := w.spawn(op.Object, ChildOf(op), p.ID, i, w.Events[i].Clock)
	if err != nil {
		return err
	}
	if op.Name == WorkerName && p.pool != "" {
		w.employ(child, p.pool, 0)
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
	if p.victim != nil {
		w.deaths++
		w.Events[i].Op.Site = p.victim.Pending.Op.Site // before which it is killed
	}
	if victim != nil && victim != p && victim.Ended < 0 {
		if w.Next(victim) != nil {
			// What it did not come to do any more, it could have done before.
			w.halts = append(w.halts, Halt{At: i + 1, Lost: true, Blocked: []Stopped{w.stopped(victim)}})
		}
		return w.end(victim, i, true)
	}
	return nil
}
