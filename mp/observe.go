package mp

import (
	"io"
	"time"

	"lockstep/mp/internal/shm"
	"lockstep/mp/trace"
)

// This file is the one place where a tool takes hold of a running program.
//
// Every public operation has the same shape: it validates its arguments, asks
// `observed`, and calls an unexported function that does the work and knows
// nothing of observers. When observed is true, watch.before runs first and may
// keep the caller waiting for as long as it likes; watch.after runs when the
// work is done. When it is false, which is always so for a student who just
// runs a program, an operation pays for one predictable branch; those of values and
// arrays not even for that, because it is the one that handles without an object
// take.

// watch is set whenever observed is.
var watch *reporter

// An operation is what an observer is told. Fields that an operation has no
// use for are left zero, except index, which is -1.
type operation struct {
	kind    trace.Kind
	object  string // an identity, or a process's path
	name    string // how a person would call the object, when known
	index   int
	method  string // manager calls: "dict.set"
	key     any    // manager calls: what the call touches; a start: the child's name
	keys    []any  // … if that is several entries
	arg     any    // what goes in
	result  any    // what came out; set between before and after
	outcome trace.Outcome
	size    int
	chunk   int
	limit   time.Duration // as trace.Event has it
	carries []string
	site    uintptr // where it stands, if not at the caller; see nowhere

	controlled bool // somebody decides when it goes on: it never waits by itself
	ready      bool // controlled: what it waits for is there; otherwise its time is over
	twice      bool // controlled: it is to pause before it returns
	idle       bool // controlled, of a beginning or a task: the student's function is not called
	plant      bool // … what it hands over is changed

	event *trace.Event // the observer's own
}

// nowhere is the site of operations that the library makes for itself.
const nowhere = ^uintptr(0)

// perform runs work between the two hooks. Only observed operations come here.
func perform(op operation, work func(*operation)) {
	watch.before(&op)
	defer watch.after(&op) // a student may recover from a panic and go on
	work(&op)
}

// announce tells of an object that was just made, and what it holds, if it is one thing.
func announce(what string, id identity, size int, holds ...any) {
	if observed {
		perform(operation{kind: trace.New, object: id.String(), index: -1, method: what, size: size}, func(op *operation) {
			if len(holds) == 1 {
				op.result = holds[0]
			}
		})
	}
}

// until is how long the work may wait: as the caller says, or, when it is controlled,
// not at all: what it waits for is there, or never comes.
func (op *operation) until(d shm.Deadline) shm.Deadline {
	switch {
	case op == nil || !op.controlled:
		return d
	case op.ready:
		return shm.Never
	}
	return shm.Within(0)
}

// most is until for waits that are given by their length; negative: for ever.
func (op *operation) most(d time.Duration) time.Duration {
	switch {
	case op == nil || !op.controlled:
		return d
	case op.ready:
		return -1
	}
	return 0
}

// limitOf gives a wait's length as events have it.
func limitOf(d shm.Deadline) time.Duration {
	if !d.Set {
		return 0
	}
	return limited(d.Length)
}

// limited is limitOf for a wait that ends.
func limited(d time.Duration) time.Duration {
	if d <= 0 {
		return -1
	}
	return d
}

// ended notes how the work ended: with an error, which is also its result, or, where
// ok is false, because its time was over.
func (op *operation) ended(ok bool, err error) {
	switch {
	case err == io.EOF:
		op.outcome = trace.EOF
	case err != nil:
		op.outcome = trace.Failed
	case !ok:
		op.outcome = trace.Timeout
	}
	if err != nil {
		op.result = err
	}
}
