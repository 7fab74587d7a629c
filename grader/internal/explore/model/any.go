package model

import (
	"slices"

	"lockstep/mp/trace"
)

// anys are what is done to one of several processes, whichever comes first.
var anys = primitive{
	{trace.Join, "any"}: awaitingAny{},
}

// awaitingAny waits until one of several processes has ended. Which one it was is asked
// afterwards, one by one: see trace.Alive.
type awaitingAny struct{ free }

// ready names the step that ended the wait only where there is no choice: one of several
// could have been left out, and it had been made with the others.
func (awaitingAny) ready(w *World, _ *Proc, next *Pending) (bool, []int) {
	var by []int
	for _, path := range next.Op.Carries {
		if child := w.At(path); child == nil || child.Ended >= 0 && slices.Contains(by, child.Ended) {
			continue
		} else if child.Ended >= 0 {
			by = append(by, child.Ended)
		}
	}
	if len(by) > 1 {
		return true, nil
	}
	return len(by) == 1, by
}

func (awaitingAny) touch(w *World, _ *Proc, next *Pending, _ bool) (list []Access) {
	for _, path := range next.Op.Carries {
		if a := (Access{On: w.resource(ofProcess, path, -1, ""), Mode: Ask}); !slices.Contains(list, a) {
			list = append(list, a)
		}
	}
	return list
}

func (awaitingAny) waits(w *World, p *Proc, next *Pending) Waiting {
	wait := Waiting{Proc: p.ID, Op: next.Op, Kind: ForJoin, Held: -1}
	for _, path := range next.Op.Carries {
		if child := w.At(path); child != nil {
			wait.On = append(wait.On, child.ID)
		}
	}
	wait.For = "the end of " + w.titles(wait.On)
	return wait
}
