// Package explore tries the interleavings of a program's processes. In goes a
// Request: a program that uses package mp, how it is run in a box, and what must
// hold at the end of each run. Out comes a Report: how many interleavings there
// are, whether one of them fails, and for each way to fail the shortest schedule
// that shows it, step by step. The processes are real; they are let go one at a
// time. Whether a report passes a check is not said here.
package explore

import (
	"context"
	"time"

	"lockstep/grader/internal/box"
	"lockstep/grader/internal/exercise"
	"lockstep/grader/internal/explore/model"
)

// Fault is what is wrong with a run, in a few words. The zero value: nothing is.
type Fault struct {
	Of   string // what is wrong: "stdout"; it may be empty
	Text string // "expected 3, seen 2"

	Outcome exercise.Outcome // of the claim that does not hold; it may be empty
}

func (f Fault) String() string {
	if f.Of == "" {
		return f.Text
	}
	return f.Of + ": " + f.Text
}

// title leaves out that it is standard output, of which most titles speak.
func (f Fault) title() string {
	if f.Of == "stdout" {
		return f.Text
	}
	return f.String()
}

// Request is one exploration.
type Request struct {
	Command box.Command   // how to run the program; Command.Files must be empty
	Budget  time.Duration // how long to go on; 0: DefaultBudget
	Workers int           // runs that go on at once; 0: one more than there are processors
	Seed    uint64        // of the random schedules, once systematic search is out of budget

	// Sources are the program's Go files by name, for what they call the things that
	// processes share. It may be empty.
	Sources map[string][]byte

	// Expect says what is wrong with a run that came to its end. It is called from
	// several goroutines. Runs that deadlock, spin for ever or reach a limit fail
	// without it. Stdout is complete and in the order of the schedule. nil: every
	// run that ends by itself is right.
	Expect func(*box.Observation) Fault
	// Processes says that Expect looks at Observation.Processes, or at the memory
	// that they take. Without it, only the first process is known of a run, and
	// runs take less time.
	Processes bool
	// Stderr says that Expect looks at standard error. Without it and Processes, runs that
	// can't differ any more in what is printed need not all be made to their end.
	Stderr bool
	// Unordered says that Expect does not depend on the order in which different
	// processes print. Then fewer interleavings have to be told apart.
	Unordered bool
	// Unread says that Expect does not look at standard output at all. It goes with
	// Unordered.
	Unread bool
	// Deaths is how many children may be killed in a run, each before any of its operations.
	Deaths int
	// CapacityZero asks for a second pass in which a pipe holds nothing, so that
	// every Send waits for its receiver. It can only warn.
	CapacityZero bool
	// Schedule, when not empty, is the only schedule that is run: Failure.Schedule
	// of an earlier report. On a program that has changed, it is followed as far
	// as it goes.
	Schedule string
	// EachStep, when not nil, is told of every step before it is made, and at the
	// end once more. It can keep the program waiting. For replays; it is called from
	// one goroutine.
	EachStep func(Moment)
	// forks is the same program with cheaper runs, for one that can have them; nil.
	forks model.Program
	// recall: the program's text shows that its processes learn of each other by package mp
	// alone.
	recall bool
	// Play, when not nil, is called instead of exploring, and decides what is run.
	Play func(context.Context, *Play) error
	// All keeps every failing schedule in the report, not one of each kind.
	All bool
	// Brief ends it with the first failure, as it was found: no other is looked for, nor one
	// that is easier to follow.
	Brief bool
}

// Moment is between two steps of a replay.
type Moment struct {
	Made *Step  // the last step, with what came of it; nil at first
	By   string // the title of its process
	Next string // the title of the process that goes on; "" at the end

	Position func() *Position // all of it; good only until the next moment
}

// DefaultBudget is how long an exploration goes on when it is not told.
const DefaultBudget = 10 * time.Second
