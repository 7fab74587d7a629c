//go:build !portable

package watch

import (
	"errors"
	"fmt"
	"syscall"
	"time"

	"lockstep/grader/internal/box/internal/cgroup"
	"lockstep/grader/internal/box/internal/facts"
	"lockstep/grader/internal/box/internal/ptrace"
	"lockstep/grader/internal/box/internal/reexec"
	"lockstep/grader/internal/box/internal/shim"
	"lockstep/grader/internal/box/internal/wire"
)

// A tracer watches runs as the kernel's tracer of every thread of every process
// of theirs. A thread that starts another one, executes a program or ends stops
// there and does not go on before the tracer has seen it: the table of processes
// is exact, and nobody can start processes faster than they are counted. When
// init ends, for whatever reason, the kernel kills all that it traces.
//
// Only the thread that traces may let a stopped thread go on, so that everything
// here happens on one thread, which lives as long as init.
type tracer struct {
	jobs chan job
}

type job struct {
	run     *traced
	started chan error
}

func newTracer(g *cgroup.Membership) *tracer {
	t := &tracer{jobs: make(chan job)}
	reexec.OnOwnThread(func() {
		failed := g.Enter()
		for j := range t.jobs {
			if failed != nil {
				j.started <- wire.Staged("start the program", failed)
				continue
			}
			j.run.follow(j)
		}
	})
	return t
}

// errUntraceable means that this process may not trace its children.
var errUntraceable = errors.New("processes can't be traced here")

// run runs a program.
func (t *tracer) run(run Run) (*facts.Observation, error) {
	r := newTraced(run)
	j := job{run: r, started: make(chan error)}
	t.jobs <- j
	if err := <-j.started; err != nil {
		return nil, err
	}
	r.keep(r.look)
	seen := r.observation()
	seen.Forced, seen.Made = r.holding.forced, r.holding.made
	if r.holding.unread != nil {
		seen.Unforced = fmt.Sprintf("calls of traced processes can't be read here: %v", r.holding.unread)
	}
	return seen, nil
}

// follow starts the program and follows it until nobody is left.
func (r *traced) follow(j job) {
	s, err := shim.Start(r.Program, r.Files)
	if err != nil {
		j.started <- err
		return
	}
	defer s.Close()
	if err := ptrace.Seize(s.PID); err != nil {
		s.End()
		j.started <- fmt.Errorf("%w: %w", errUntraceable, err)
		return
	}
	root := r.begins(s.PID)
	if err := s.Allow(); err != nil {
		syscall.Kill(s.PID, syscall.SIGKILL)
	}
	waiting := j.started
	for {
		// Nothing is taken away before the lock is held: whoever holds it can
		// signal a living process without hitting another that got its number.
		left := r.await()
		r.mu.Lock()
		r.takeChanges()
		r.next(time.Now())
		r.mu.Unlock()
		switch {
		case waiting == nil:
		case r.started:
			waiting <- nil
			waiting = nil
		case root.dead:
			waiting <- s.Failure()
			return
		}
		if left != nil { // ECHILD
			close(r.empty)
			return
		}
	}
}

// takeChanges takes all there are, and only then lets anybody go on. The kernel tells of
// the youngest first: with changes taken one by one, a program that starts
// processes without end would keep the older ones waiting for ever.
func (r *traced) takeChanges() {
	all := ptrace.Pending(r.changes[:0])
	r.changes = all
	// Starts come first, from old to young, so that who is started is
	// known by the time of its own first stop.
	for i := range all {
		if c := &all[len(all)-1-i]; c.Starts() {
			r.starts(c)
		}
	}
	for i := range all {
		r.handle(&all[i])
	}
}
