package mp

import "lockstep/mp/trace"

// A batch is the results of consecutive arguments; empty for a failed call.
type batch[R any] struct {
	from   int
	values []R
}

// A delivery is a batch on its way to the loop over a map's results.
type delivery[R any] struct {
	batch[R]
	err error
}

// A loop is how a map's results are taken.
type loop[R any] interface {
	start(run func())
	next(<-chan delivery[R]) (delivery[R], bool)
	stop(drain func())
}

type plainLoop[R any] struct{}

func (plainLoop[R]) start(run func())  { run() }
func (plainLoop[R]) stop(drain func()) { drain() }
func (plainLoop[R]) next(out <-chan delivery[R]) (delivery[R], bool) {
	x, ok := <-out
	return x, ok
}

// controlledLoop has an operation for each result that the student's loop takes.
type controlledLoop[R any] struct{ op operation }

func (l controlledLoop[R]) start(run func()) {
	op := l.op
	op.method = "loop"
	perform(op, func(*operation) { run() })
}

func (l controlledLoop[R]) next(out <-chan delivery[R]) (x delivery[R], ok bool) {
	op := operation{kind: trace.Next, object: l.op.object, name: l.op.name, index: -1}
	perform(op, func(op *operation) {
		if x, ok = <-out; ok && x.err == nil {
			op.result = x.values
		} else if ok {
			op.ended(true, x.err)
		}
	})
	return x, ok
}

func (l controlledLoop[R]) stop(drain func()) {
	op := operation{kind: trace.Map, object: l.op.object, name: l.op.name, index: -1, method: "stop"}
	perform(op, func(*operation) { drain() })
}
