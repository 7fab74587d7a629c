package mp

import (
	"reflect"

	"lockstep/mp/trace"
)

// Processes are controlled when somebody decides when each of their operations goes
// on. A controlled pool's worker asks for each chunk, and gets on only when its
// results have been taken: what is dealt and what comes back, and in which order, is
// then up to who lets the processes go.

// controlled reports whether this process is.
func controlled() bool { return observed && watch.ask }

// step does what a worker does with its pool, as an operation of its own where it is
// controlled.
func step(kind trace.Kind, pool string, do func(*operation) error) (err error) {
	if !controlled() {
		return do(nil)
	}
	perform(operation{kind: kind, object: pool, index: -1, site: nowhere}, func(op *operation) { err = do(op) })
	return err
}

// signal sends a message without contents; receiveSignal waits for one.
func (c *Conn) signal() error {
	return c.sendMessage(func(*encoder) error { return nil })
}

func (c *Conn) receiveSignal() error {
	return c.recvMessage(reflect.Value{}, func(*decoder) error { return nil })
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
