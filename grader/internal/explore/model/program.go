package model

import (
	"context"
	"fmt"

	"lockstep/grader/internal/box"
	"lockstep/mp/trace"
)

// Program can be run again and again, by several workers at once.
type Program interface {
	// Begin starts a run; worker tells runs apart that go on at the same time.
	Begin(ctx context.Context, worker int) (Run, error)
}

// Obstacle is something that a program does and that schedules can't govern.
type Obstacle string

const (
	Goroutines Obstacle = "goroutines" // several of a process use mp
	Processes  Obstacle = "processes"  // more than MaxProcs
	Foreigners Obstacle = "foreigners" // processes that mp did not start; seen only where the box watches
	Elsewhere  Obstacle = "elsewhere"  // no process comes to mp.Main
	Workers    Obstacle = "workers"    // of a pool, who die again and again before they begin a task
	Nonsense   Obstacle = "nonsense"   // what is told of the processes does not fit together
)

// Why says it to a person: "not explored: …".
func (o Obstacle) Why() string {
	switch o {
	case Goroutines:
		return "several goroutines of a process use mp"
	case Processes:
		return fmt.Sprintf("it starts more than %d processes", MaxProcs)
	case Foreigners:
		return "it starts processes without mp"
	case Elsewhere:
		return "it does not come to mp.Main, and what it does without package mp can't be held"
	case Workers:
		return "a pool's workers die before they begin a task"
	case Nonsense:
		return "what it tells of its processes does not fit together"
	}
	return ""
}

// Unfit is the error of a program that can't be explored by its own doing.
type Unfit struct{ Obstacle Obstacle }

func (u *Unfit) Error() string { return "cannot explore: " + u.Obstacle.Why() }

// Run is one run of a program. Its processes stop before each operation.
type Run interface {
	// Settle waits until every process that was let go has stopped again or ended,
	// and returns what happened since, by process. The first call returns the first
	// process.
	Settle() ([]News, error)
	// Await is Settle for a process that nobody lets go: one that hangs, which is waited
	// for once more and no longer by Settle, or one that takes the place of another that
	// has ended.
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
