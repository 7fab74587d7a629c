package mp

import (
	"fmt"
	"io"
	"reflect"
	"time"

	"lockstep/mp/trace"
)

// Pipe makes a pipe and returns its two ends. It fails when the process has too
// many open descriptors, of which a pipe takes six, and when the shared memory is
// full.
func Pipe() (a, b *Conn, err error) {
	if a, b, err = newConns(); err == nil {
		id := a.id
		id.part = 0
		announce("pipe", id, 0)
	}
	return a, b, err
}

// Send sends a copy of v, which may be anything that can be an argument of a
// target, or nil. It returns when the pipe has taken the message: it waits while
// the pipe is full, and does not wait for the receiver otherwise. A message of
// more than MaxMessage bytes is an error.
//
// When every copy of the other end is closed, the error is io.ErrClosedPipe; when
// this end is closed, os.ErrClosed. If a process that shares this end died within
// a message, the pipe is broken and every Send is an error.
func (c *Conn) Send(v any) (err error) {
	v = handed(v)
	if observed {
		size, carries := c.weigh(v)
		perform(operation{kind: trace.Send, object: c.id.String(), index: -1, arg: v, size: size, carries: carries}, func(op *operation) {
			err = c.send(v)
			op.ended(true, err)
		})
	} else {
		err = c.send(v)
	}
	if err != nil {
		return fmt.Errorf("cannot send: %w", err)
	}
	return nil
}

// Recv receives the next message into what ptr points to, which must be of the
// type that was sent, or of an interface type that can hold it. It waits until
// there is a message.
//
// The error is io.EOF when every copy of the other end is closed and all messages
// have been received, io.ErrUnexpectedEOF when the sender died within a message,
// os.ErrClosed when this end is closed, and a *TypeError for a message of another
// type, which is lost. A slice that ptr points to is reused where it is large
// enough.
func (c *Conn) Recv(ptr any) (err error) {
	p := reflect.ValueOf(ptr)
	if p.Kind() != reflect.Pointer || p.IsNil() {
		return fmt.Errorf("cannot receive into a %T: it must be a pointer", ptr)
	}
	if observed {
		perform(operation{kind: trace.Recv, object: c.id.String(), index: -1}, func(op *operation) {
			if err = c.recv(p); err == nil {
				op.result = p.Elem().Interface()
			}
			op.ended(true, err)
		})
	} else {
		err = c.recv(p)
	}
	if err != nil && err != io.EOF {
		return fmt.Errorf("cannot receive: %w", err)
	}
	return err
}

// Recv receives the next message from c as a T. With T = any it returns whatever
// was sent, if its type is registered. See Conn.Recv for what it waits for and
// its errors.
func Recv[T any](c *Conn) (T, error) {
	var v T
	err := c.Recv(&v)
	return v, err
}

// Poll waits for at most d until a Recv would not have to wait, and reports
// whether that is so: there is a message, or the end of the pipe. Zero asks
// without waiting, a negative d waits without end. Another process that shares
// this end may still be the one that gets the message.
func (c *Conn) Poll(d time.Duration) (ready bool, err error) {
	if observed {
		limit := limited(d)
		if d < 0 {
			limit = 0
		}
		perform(operation{kind: trace.Poll, object: c.id.String(), index: -1, limit: limit}, func(op *operation) {
			ready, err = c.poll(op.most(d))
			op.ended(ready, err)
			op.result = ready
		})
	} else {
		ready, err = c.poll(d)
	}
	if err != nil {
		return false, fmt.Errorf("cannot poll: %w", err)
	}
	return ready, nil
}

// Close closes this process's copy of the end. It never waits. If another
// goroutine is within a Send or Recv, the copy closes when that returns. Closing
// again is an error, os.ErrClosed.
func (c *Conn) Close() (err error) {
	if observed {
		perform(operation{kind: trace.Close, object: c.id.String(), index: -1}, func(op *operation) {
			err = c.close()
			op.ended(true, err)
		})
	} else {
		err = c.close()
	}
	if err != nil {
		return fmt.Errorf("cannot close: %w", err)
	}
	return nil
}
