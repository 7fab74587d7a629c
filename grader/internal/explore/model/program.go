package model

import (
	"context"

	"lockstep/grader/internal/box"
	"lockstep/mp/trace"
)

// Program can be run again and again, by several workers at once.
type Program interface {
	// Begin starts a run; worker tells runs apart that go on at the same time.
	Begin(ctx context.Context, worker int) (Run, error)
}

// Run is one run of a program. Its processes stop before each operation.
type Run interface {
	// Settle waits until every process that was let go has stopped again or ended,
	// and returns what happened since, by process. The first call returns the first
	// process.
	Settle() ([]News, error)
	// Await is Settle for a process that hangs: it is waited for once more. Settle
	// does not wait for it any longer.
	Await(path string) ([]News, error)
	// Let lets a process go on from where it has stopped.
	Let(path string, g Grant) error
	// Finish ends the run, whatever its processes do, and returns what was seen of
	// it. It is called once, also after an error.
	Finish() (*box.Observation, error)
}

// News is what happened to one process.
type News struct {
	Path    string
	Result  *trace.Event // what it was let go for, with what came of it; nil: it has not returned
	Op      *trace.Event // what it is about to do; nil: it has ended
	Said    []string     // what it printed since it was let go, write by write
	Hung    bool         // it runs, and comes to no operation
	Threads bool         // several goroutines of the process make operations
}
