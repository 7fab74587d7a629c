package search

import (
	"errors"

	"lockstep/grader/internal/explore/model"
)

// Cheaper runs, by forks, count only where they do what fresh processes do.

// freshRuns is how many runs at least are made by fresh processes: most programs have no
// more, and forks have to be prepared.
const freshRuns = 20

// branch makes a job's run, unless it is remembered. nil: nothing that was explored counts.
func (x *explorer) branch(t *tree, worker int, b *branch) (*Execution, error) {
	if t.seen != nil && x.memory != nil {
		if e := x.memory.spare(x.ctx, x.names, x.Options, b); e != nil {
			t.remembered.Store(true)
			return e, nil
		}
		*b = *t.branch(b.job)
	}
	e, err := x.made(t, worker, b)
	if t.remembered.Load() && x.memory.distrusted() {
		return nil, err
	}
	return e, err
}

// made makes a job's run.
func (x *explorer) made(t *tree, worker int, b *branch) (*Execution, error) {
	forks := x.forks()
	if forks == nil || t.seen == nil && (!t.atLeast(freshRuns) || !x.mayMerge()) {
		return x.attempt(worker, b)
	}
	e, err := x.fork(forks, worker, b)
	if err == errNoForks {
		*b = *t.branch(b.job)
		return x.attempt(worker, b)
	}
	if e != nil && (b.differ != nil || x.strays(e)) {
		x.misled()
		return nil, nil
	}
	return e, err
}

// strays reports whether a process of a forked run has done what others have not that had
// learned the same. It may be the fork, so that all of that is forgotten.
func (x *explorer) strays(e *Execution) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	strays := x.past.look(e.World) != nil
	if strays {
		x.past = histories{}
	}
	return strays
}

var errNoForks = errors.New("forks can't be had here")

// fork makes a run by forks, and again by fresh processes unless it is sure. nil: they did
// not do the same, and there will be no more forks.
func (x *explorer) fork(forks model.Program, worker int, who policy) (*Execution, error) {
	x.mu.Lock()
	x.result.Started++
	x.mu.Unlock()
	e, err := execute(x.ctx, forks, worker, x.names, x.Options, who, x.Until, x.memory)
	switch {
	case err != nil && x.ctx.Err() != nil:
		return nil, err
	case err != nil:
		x.forkNoMore()
		return nil, errNoForks
	case e.Ending == Asleep || x.Sure(e):
		return e, nil
	}
	fresh, err := x.attempt(worker, newFollower(ScheduleOf(e.World)))
	if err != nil {
		return nil, err
	}
	if d, _ := compare(e.World, fresh.World); d != nil || fresh.Ending != e.Ending {
		x.misled()
		return nil, nil
	}
	return fresh, nil
}

// forks is the program with cheaper runs, or nil.
func (x *explorer) forks() model.Program {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.Forks
}

func (x *explorer) forkNoMore() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.Forks = nil
}

// misled forgets what forks have shown.
func (x *explorer) misled() {
	x.forkNoMore()
	x.memory.distrust()
}

// sample makes a run and shows it, by forks where runs are too many to count.
func (x *explorer) sample(worker int, who policy) error {
	forks := x.forks()
	if forks == nil || !x.mayMerge() {
		_, err := x.run(worker, who)
		return err
	}
	e, err := x.fork(forks, worker, who)
	switch {
	case err == errNoForks || e == nil && err == nil:
		return nil
	case err != nil:
		return err
	case x.strays(e):
		x.misled()
	case e.Ending != Asleep:
		x.saw(e)
	}
	return nil
}
