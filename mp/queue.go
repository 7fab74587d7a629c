package mp

import (
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"time"

	"lockstep/mp/internal/shm"
	"lockstep/mp/trace"
)

// A Queue carries values from any number of producers to any number of consumers;
// each value goes to one consumer, in the order in which they were put. It holds a
// limited number of values, which lie in shared memory. Pass it to children as a
// *Queue.
//
// Close ends it for everybody: nothing more can be put, and consumers get what is
// left and then io.EOF. A process that dies while it uses a queue takes at most
// the value with it that it was about to get, and delays others by a tenth of a
// second.
//
// A value that was put is unfinished until there was a Done for it, which is for whoever
// got it to say when it has been dealt with; Wait waits until none is. Who needs neither
// leaves them out. A Put, Get or Done of a process that is killed is made or is not, for
// those who wait as well: a value counts once it is in the queue, and one that was got by
// a process that died is unfinished for ever, unless another process calls Done for it.
type Queue[T any] struct{ ring }

// NewQueue makes a queue that holds up to capacity values, at least one. It
// reserves a KiB of shared memory for each, but 64 KiB at least and 64 MiB at
// most: long values may fill it before their number does, and one that is longer
// than all of it can't be put. The error is ErrArenaFull when there is no room.
func NewQueue[T any](capacity int) (*Queue[T], error) {
	if capacity < 1 || capacity > shm.Everybody {
		return nil, fmt.Errorf("cannot make a queue of capacity %d", capacity)
	}
	q := &Queue[T]{}
	if err := q.make(capacity); err != nil {
		return nil, err
	}
	announce("queue", q.id, capacity)
	return q, nil
}

// Put adds a copy of x, which may be anything that can be an argument of a target
// except a Conn. It waits while the queue is full. The error is os.ErrClosed when
// the queue is closed, also while Put waits.
func (q *Queue[T]) Put(x T) error {
	_, err := q.putBy(x, shm.Never)
	return err
}

// PutTimeout is Put that waits for at most d, and reports whether it put x. A d of
// zero or less does not wait.
func (q *Queue[T]) PutTimeout(x T, d time.Duration) (bool, error) {
	return q.putBy(x, shm.Within(d))
}

// Get takes the next value. It waits while there is none. The error is io.EOF
// when the queue is empty and closed.
func (q *Queue[T]) Get() (T, error) {
	x, _, err := q.getBy(shm.Never)
	return x, err
}

// GetTimeout is Get that waits for at most d, and reports whether it got a value.
// A d of zero or less does not wait.
func (q *Queue[T]) GetTimeout(d time.Duration) (x T, ok bool, err error) {
	return q.getBy(shm.Within(d))
}

// Len returns the number of values that have been put and not got; other
// processes may be changing it.
func (q *Queue[T]) Len() (n int) {
	q.check()
	if observed {
		perform(operation{kind: trace.Poll, object: q.id.String(), index: -1, method: "queue.len"}, func(op *operation) {
			n = q.length()
			op.result = n
		})
		return n
	}
	return q.length()
}

// Done says that one of the values that were got has been dealt with, so that Wait need not
// wait for it any more. Which one and by whom is not asked. It never waits for others. The
// error is that Done was called more often than values were put.
func (q *Queue[T]) Done() (err error) {
	q.check()
	if observed {
		perform(operation{kind: trace.Notify, object: q.id.String(), index: -1, method: "queue.done"}, func(op *operation) {
			err = q.done()
			op.ended(true, err)
		})
	} else {
		err = q.done()
	}
	if err != nil {
		return fmt.Errorf("cannot call Done: %w", err)
	}
	return nil
}

// Wait waits until every value that was put has had its Done; what is put while it waits
// counts as well, and so does what is left in a queue that was closed. It returns at once
// where nothing was put. If a process dies between its Get and its Done, that is for ever:
// use WaitTimeout where that may happen.
func (q *Queue[T]) Wait() { q.waitBy(shm.Never) }

// WaitTimeout is Wait that waits for at most d, and reports whether every value has had its
// Done. A d of zero or less does not wait.
func (q *Queue[T]) WaitTimeout(d time.Duration) bool { return q.waitBy(shm.Within(d)) }

// Close closes the queue for all processes. It never waits. Closing again is an
// error, os.ErrClosed. What is left in it can be got, and is unfinished until it has had
// its Done.
func (q *Queue[T]) Close() (err error) {
	q.check()
	if observed {
		perform(operation{kind: trace.Close, object: q.id.String(), index: -1, method: "queue.close"}, func(op *operation) {
			err = q.shut()
			op.ended(true, err)
		})
	} else {
		err = q.shut()
	}
	if err != nil {
		return fmt.Errorf("cannot close the queue: %w", err)
	}
	return nil
}

func (q *Queue[T]) waitBy(until shm.Deadline) (ok bool) {
	q.check()
	if !observed {
		return q.wait(until)
	}
	perform(operation{kind: trace.Wait, object: q.id.String(), index: -1, method: "queue.wait", limit: limitOf(until)}, func(op *operation) {
		ok = q.wait(op.until(until))
		op.ended(ok, nil)
		if until.Set {
			op.result = ok
		}
	})
	return ok
}

func (q *Queue[T]) putBy(x T, until shm.Deadline) (ok bool, err error) {
	q.check()
	x = handed(x)
	e := &encoder{}
	defer e.release()
	if err := e.value(x); err != nil {
		return false, fmt.Errorf("cannot put: %w", err)
	}
	if len(e.fds) > 0 {
		return false, errors.New("cannot put: a queue cannot keep a Conn")
	}
	if observed {
		perform(operation{kind: trace.Send, object: q.id.String(), index: -1, method: "queue.put", arg: x, size: len(e.b), limit: limitOf(until)}, func(op *operation) {
			ok, err = q.put(e.b, op.until(until))
			if !ok {
				op.result = false
			}
			op.ended(ok, err)
		})
	} else {
		ok, err = q.put(e.b, until)
	}
	if err != nil {
		return false, fmt.Errorf("cannot put: %w", err)
	}
	return ok, nil
}

func (q *Queue[T]) getBy(until shm.Deadline) (x T, ok bool, err error) {
	q.check()
	if observed {
		perform(operation{kind: trace.Recv, object: q.id.String(), index: -1, method: "queue.get", limit: limitOf(until)}, func(op *operation) {
			x, ok, err = q.getValue(op.until(until))
			op.result = false
			if ok {
				op.result = x
			}
			op.ended(ok, err)
		})
		return x, ok, err
	}
	return q.getValue(until)
}

func (q *Queue[T]) getValue(until shm.Deadline) (x T, ok bool, err error) {
	b, ok, err := q.get(until)
	if err == io.EOF || err == nil && !ok {
		return x, false, err
	}
	if err == nil {
		err = newDecoder(b, nil).value(reflect.ValueOf(&x).Elem())
	}
	if err != nil {
		return x, false, fmt.Errorf("cannot get: %w", err)
	}
	return x, true, nil
}

// shut closes the queue.
func (r *ring) shut() error {
	r.lock()
	defer r.unlock()
	if r.words[ringClosed].Load() != 0 {
		return os.ErrClosed
	}
	r.words[ringClosed].Store(1)
	r.bell(ringAdded).ring(shm.Everybody)
	r.bell(ringTaken).ring(shm.Everybody)
	return nil
}
