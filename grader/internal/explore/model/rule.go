package model

import (
	"fmt"

	"lockstep/mp/trace"
)

// A rule is how one operation works.
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

// primitive has the rules of what can be done to one class of objects.
type primitive map[does]rule

type does struct {
	kind   trace.Kind
	method string
}

// rules has one for every row of the table of operations.
var rules = rulesOf(processes, anys, cells, locks, rwlocks, pipes, queues, semaphores, flags, barriers, conds, managers, pools)

func rulesOf(primitives ...primitive) []rule {
	rules := make([]rule, len(trace.Operations))
	for _, p := range primitives {
		for d, r := range p {
			e := trace.Event{Kind: d.kind, Method: d.method}
			o, ok := e.Known()
			if !ok || rules[o.ID] != nil {
				panic(fmt.Sprintf("model: a rule for %s %q, which has another or is no operation", d.kind, d.method))
			}
			rules[o.ID] = r
		}
	}
	for i, r := range rules {
		if r == nil {
			panic(fmt.Sprintf("model: no rule for %s %q", trace.Operations[i].Kind, trace.Operations[i].Method))
		}
	}
	return rules
}

func ruleOf(op trace.Event) rule { return rules[op.Operation().ID] }

// free operations concern nobody else.
type free struct{}

func (free) ready(*World, *Proc, *Pending) (bool, []int)    { return true, nil }
func (free) touch(*World, *Proc, *Pending, bool) []Access   { return nil }
func (free) apply(*World, *Proc, *Pending, int) error       { return nil }
func (free) waits(_ *World, p *Proc, next *Pending) Waiting { return Waiting{Proc: p.ID, Op: next.Op} }

// making makes an object.
type making struct{ free }

func (making) apply(w *World, p *Proc, next *Pending, i int) error {
	op := next.Op
	op.Result = w.Events[i].Op.Result // what it holds
	if op.Name == "" && w.options.Name != nil {
		op.Name = w.numbered(w.options.Name(op), op)
	}
	w.Objects[op.Object] = op
	return nil
}
