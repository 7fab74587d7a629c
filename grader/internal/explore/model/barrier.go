package model

import (
	"strings"

	"lockstep/mp/trace"
)

// barrier is where a number of processes wait for each other.
type barrier struct {
	parties int
	rounds  [][]int // of each round, the steps by which somebody arrived
	broken  int     // the step at which somebody gave up; -1
}

func (w *World) barrierOf(object string) *barrier {
	return objectOf(w, object, func() *barrier { return &barrier{parties: 1, rounds: [][]int{nil}, broken: -1} })
}

func (*barrier) gone(*World, *Proc, int) {}

// barriers are what is done to barriers.
var barriers = primitive{
	{trace.New, "barrier"}:       makingBarrier{},
	{trace.Wait, "barrier.wait"}: waitingBarrier{},
}

type makingBarrier struct{ making }

func (m makingBarrier) apply(w *World, p *Proc, next *Pending, i int) error {
	w.barrierOf(next.Op.Object).parties = next.Op.Size
	return m.making.apply(w, p, next, i)
}

type waitingBarrier struct{}

func (waitingBarrier) twice(*World, *Proc, *Pending) bool { return true }

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
	why := "opens when " + count(missing, "more process arrives", "more processes arrive")
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
