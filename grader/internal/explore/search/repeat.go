package search

import (
	"time"

	"lockstep/grader/internal/explore/model"
)

// first makes the run in which nobody is stopped who can go on, twice.
func (x *explorer) first() (*Execution, error) {
	begin := time.Now()
	one, err := x.run(0, x.beginning())
	if err != nil || x.over() {
		return one, err
	}
	x.steps, x.one, x.took = len(one.World.Events), one, time.Since(begin)
	two, err := x.run(0, x.beginning())
	if err != nil {
		return one, err
	}
	if one.Ending != Asleep && two.Ending != Asleep { // one that was given up lacks its end
		x.compared = true
		if d, lost := compare(one.World, two.World); d != nil {
			x.differ(d, lost)
		}
	}
	return one, nil
}

// leastRuns is how many runs at least nothing must differ in. What a program leaves
// to chance may come out the same twice: a map of eight has eight orders.
const leastRuns = 8

// chanceTime is how long runs are made again, after all others, to tell what depends
// on chance from what depends on the other processes.
const chanceTime = time.Second

// beginning is the policy of the run in which nobody is stopped who can go on.
func (x *explorer) beginning() policy { return after{x.Begin, newFollower(nil)} }

// repeat makes the first run again until there were enough. One that did not come
// to its end has failed and may take long. Where time was over before any two could be
// compared, some is added: otherwise nobody knows whether there is chance in them.
func (x *explorer) repeat(first *Execution) (err error) {
	if !x.compared {
		x.Until = later(x.Until, time.Now().Add(max(time.Second, comparing*x.took)))
	}
	if first.Ending == Asleep { // it was given up
		if first, err = x.attempt(0, x.beginning()); err != nil {
			return err
		}
	}
	if first.Ending != Ended {
		x.result.Complete = x.result.Complete && first.Ending != Asleep
		return nil
	}
	err = x.again(first, leastRuns, x.Until)
	x.result.Complete = x.result.Complete && x.compared
	return err
}

// comparing is how many times as long as the first run one that is compared with it may
// take.
const comparing = 4

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// again makes the first run again until so many runs have been made.
func (x *explorer) again(first *Execution, runs int, until time.Time) error {
	for x.result.Started < runs && x.result.Differs == nil && !x.over() && time.Now().Before(until) {
		again, err := x.attempt(0, x.beginning())
		if err != nil || again.Ending == Asleep {
			return err
		}
		x.compared = true
		if d, lost := compare(first.World, again.World); d != nil {
			x.differ(d, lost)
			x.result.Complete = x.result.Complete && !lost
		}
	}
	return nil
}

// compare looks for the first operation of a process that two runs under one
// schedule do not share. lost: it is more than a value.
func compare(one, two *model.World) (d *Difference, lost bool) {
	for i := range max(len(one.Events), len(two.Events)) {
		var a, b model.Event
		if i < len(one.Events) {
			a = one.Events[i]
		}
		if i < len(two.Events) {
			b = two.Events[i]
		}
		if a.Phase == model.Says && b.Phase == model.Says {
			continue // what it prints is for the expectations to judge
		}
		path := one.PathOf(a.Proc)
		if a.Op.Kind == 0 {
			path = two.PathOf(b.Proc)
		}
		if model.Shape(a.Op) != model.Shape(b.Op) || a.Proc != b.Proc || a.Phase != b.Phase {
			return &Difference{Path: path, Op: int(max(a.N, b.N)), First: a.Op, Second: b.Op}, true
		}
		if d == nil && a.Op.Hash != b.Op.Hash {
			d = &Difference{Path: path, Op: int(a.N), First: a.Op, Second: b.Op}
		}
	}
	return d, false
}
