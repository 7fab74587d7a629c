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
