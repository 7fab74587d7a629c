package search

import "lockstep/grader/internal/explore/model"

// Cheaper runs, by forks, count only where they do what fresh processes do.

// branch makes a job's run. nil: nothing that was explored counts.
func (x *explorer) branch(t *tree, worker int, b *branch) (*Execution, error) {
	forks := x.forks()
	if t.seen == nil || forks == nil {
		return x.attempt(worker, b)
	}
	e, err := x.fork(forks, worker, b)
	if e != nil && (b.differ != nil || x.strays(e)) {
		x.forkNoMore()
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

// fork makes a run by forks, and again by fresh processes unless it is sure. nil: they did
// not do the same, and there will be no more forks.
func (x *explorer) fork(forks model.Program, worker int, who policy) (*Execution, error) {
	x.mu.Lock()
	x.result.Started++
	x.mu.Unlock()
	e, err := execute(x.ctx, forks, worker, x.names, x.Options, who, x.Until)
	switch {
	case err != nil && x.ctx.Err() != nil:
		return nil, err
	case err != nil: // they can't be had here
		x.forkNoMore()
		return nil, nil
	case e.Ending == Asleep || x.Sure(e):
		return e, nil
	}
	fresh, err := x.attempt(worker, newFollower(ScheduleOf(e.World)))
	if err != nil {
		return nil, err
	}
	if d, _ := compare(e.World, fresh.World); d != nil || fresh.Ending != e.Ending {
		x.forkNoMore()
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

// sample makes a run and shows it, by forks where runs are too many to count.
func (x *explorer) sample(worker int, who policy) error {
	forks := x.forks()
	if forks == nil || !x.mayMerge() {
		_, err := x.run(worker, who)
		return err
	}
	e, err := x.fork(forks, worker, who)
	switch {
	case err != nil || e == nil:
		return err
	case x.strays(e):
		x.forkNoMore()
	case e.Ending != Asleep:
		x.saw(e)
	}
	return nil
}
