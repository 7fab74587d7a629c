package model

import (
	"slices"
	"strings"

	"lockstep/mp/trace"
)

// anys are what is done to one of several, processes or ends of pipes, whichever comes first.
var anys = primitive{
	{trace.Join, "any"}: awaitingAny{},
	{trace.Poll, "any"}: pollingAny{},
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

// pollingAny waits until one of several ends of pipes has a message or is at its end, or one
// of several processes has ended. Which one it was is asked afterwards: see polling.
type pollingAny struct{ free }

// each are the waits that it is made of: for one end, or for one process.
func (pollingAny) each(next *Pending) (each []Pending) {
	for _, what := range next.Op.Carries {
		one := trace.Event{Kind: trace.Poll, Object: what}
		if !isEnd(what) {
			one = trace.Event{Kind: trace.Join, Method: "any", Carries: []string{what}}
		}
		each = append(each, Pending{Op: one})
	}
	return each
}

// lost is the first of the ends that the process has closed; "" none.
func (pollingAny) lost(w *World, p *Proc, next *Pending) string {
	for _, what := range next.Op.Carries {
		if isEnd(what) && p.lost(w, what) {
			return what
		}
	}
	return ""
}

// ready names the steps without which none of several would be there.
func (a pollingAny) ready(w *World, p *Proc, next *Pending) (there bool, by []int) {
	if a.lost(w, p, next) != "" {
		return true, nil // an error
	}
	for _, one := range a.each(next) {
		ready, steps := ruleOf(one.Op).ready(w, p, &one)
		switch {
		case !ready:
		case there:
			by = slices.DeleteFunc(by, func(i int) bool { return !slices.Contains(steps, i) })
		default:
			there, by = true, slices.Clone(steps)
		}
	}
	return there, by
}

func (a pollingAny) touch(w *World, p *Proc, next *Pending, ready bool) (list []Access) {
	if a.lost(w, p, next) != "" {
		return nil
	}
	for _, one := range a.each(next) {
		for _, touched := range ruleOf(one.Op).touch(w, p, &one, ready) {
			if !slices.Contains(list, touched) {
				list = append(list, touched)
			}
		}
	}
	return list
}

// waits says what could end the wait, and, where none of it can come, why that of the first
// end can't.
func (a pollingAny) waits(w *World, p *Proc, next *Pending) Waiting {
	wait := Waiting{Proc: p.ID, Op: next.Op, Kind: ForMessage, Held: -1, Why: "nobody is left to send"}
	var ends []string
	var children []ID
	alone := Waiting{}
	for _, one := range a.each(next) {
		x := ruleOf(one.Op).waits(w, p, &one)
		for _, id := range x.On {
			if !slices.Contains(wait.On, id) {
				wait.On = append(wait.On, id)
			}
		}
		if one.Op.Kind == trace.Join {
			children = append(children, x.On...)
			continue
		}
		if name := w.Called(one.Op.Object); !slices.Contains(ends, name) {
			ends = append(ends, name)
		}
		if x.Kind == ForSameEnd && alone.Kind != ForSameEnd || x.Kind == ForEnd && alone.Kind == 0 {
			alone = x
		}
	}
	wait.For = "a message from pipe " + strings.Join(ends, " or ")
	if len(children) > 0 {
		wait.For += " or the end of " + w.titles(children)
	}
	switch {
	case alone.Kind == ForSameEnd, alone.Kind == ForEnd && len(wait.On) == 0:
		wait.Kind, wait.Why, wait.Op.Object = alone.Kind, alone.Why, alone.Op.Object
	case len(wait.On) > 0:
		wait.Why = "could be ended by " + w.titles(wait.On)
	}
	return wait
}

// isEnd tells an end of a pipe from a process.
func isEnd(what string) bool { return strings.Contains(what, "#") }
