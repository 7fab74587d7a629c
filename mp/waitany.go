package mp

import (
	"errors"
	"fmt"
	"time"

	"lockstep/mp/trace"
)

// A Waitable is what WaitAny can wait for: a *Process or a *Conn.
type Waitable interface {
	// awaited is the one of both that it is.
	awaited() (*Process, *Conn)
}

func (p *Process) awaited() (*Process, *Conn) { return p, nil }
func (c *Conn) awaited() (*Process, *Conn)    { return nil, c }

// WaitAny waits until one of several is there, however long that takes: a child has ended,
// or a connection has a message to receive or is at its end. i says which, the first of them
// where several are there: one that always has something keeps those behind it waiting.
//
// A child is joined, and err is what its Join returns. One that was joined before counts too:
// leave it out. From a connection nothing is received, and err is nil: the next Recv does not
// have to wait, unless another process that shares this end gets the message, and returns
// io.EOF at the end of the pipe, which comes, too, when the last process that has the other
// end dies. A connection at its end stays so: leave it out as well.
//
// Children or connections are handed over as slices of them, WaitAny(conns...), and both
// together as a []Waitable.
//
// An i of -1 means that there is nothing to wait for: none are given, one is this process
// itself, or this process's copy of a connection is closed, which is os.ErrClosed; err says so.
func WaitAny[W Waitable](ws ...W) (i int, err error) {
	all := make([]waited, len(ws))
	for k, w := range ws {
		all[k].process, all[k].conn = w.awaited()
	}
	return waitAny(all)
}

// waited is one of both.
type waited struct {
	process *Process
	conn    *Conn
}

func waitAny(ws []waited) (i int, err error) {
	if len(ws) == 0 {
		return -1, errors.New("cannot wait for any of none")
	}
	kind := trace.Join
	names := make([]string, len(ws))
	for k, w := range ws {
		switch {
		case w == waited{}:
			return -1, fmt.Errorf("cannot wait for any: number %d, counted from 0, is nil", k)
		case w.conn != nil && w.conn.id.number == 0:
			return -1, fmt.Errorf("cannot wait for any: %w", errNoConn)
		case w.conn != nil:
			kind, names[k] = trace.Poll, w.conn.id.String()
		case w.process.handle == nil:
			return -1, errSelf
		default:
			names[k] = w.process.path
		}
	}
	if !observed {
		return first(ws)
	}
	for {
		perform(operation{kind: kind, method: "any", index: -1, arg: names, carries: names}, func(op *operation) {
			switch {
			case op.controlled:
				i, err = -1, awaitAny(ws)
			case kind == trace.Join:
				if i, err = first(ws); i >= 0 {
					op.object, op.name = names[i], ws[i].process.name
				}
			default:
				if i, err = first(ws); i >= 0 {
					op.object = names[i]
				}
			}
			if kind == trace.Join || i < 0 {
				op.ended(true, err)
			}
		})
		switch {
		case i >= 0 && kind == trace.Poll && ws[i].process != nil:
			return i, ws[i].process.Join() // which tells of it
		case i >= 0 || err != nil:
			return i, err
		}
		for i, w := range ws { // what it finds is up to who lets the processes go
			if w.process != nil && !w.process.Alive() {
				return i, w.process.Join()
			}
			if w.conn == nil {
				continue
			}
			if ready, err := w.conn.Poll(0); err != nil {
				return -1, err
			} else if ready {
				return i, nil
			}
		}
		// Another process that shares an end was faster.
	}
}

// hold keeps connections open until they are released.
func hold(ws []waited) (release func(), err error) {
	var held []*Conn
	release = func() {
		for _, c := range held {
			c.leave()
		}
	}
	for i, w := range ws {
		if w.conn == nil {
			continue
		}
		if err := w.conn.join(); err != nil {
			release()
			return nil, fmt.Errorf("cannot wait for any: number %d, counted from 0: %w", i, err)
		}
		held = append(held, w.conn)
	}
	return release, nil
}

// first waits until one is there, and joins it if it is a child.
func first(ws []waited) (int, error) {
	release, err := hold(ws)
	if err != nil {
		return -1, err
	}
	defer release()
	for {
		for i, w := range ws {
			if there, err := w.there(); there || err != nil {
				return i, err
			}
		}
		if err := awaitAny(ws); err != nil {
			return -1, err
		}
	}
}

// there reports, without waiting, whether it need not be waited for, and joins a child that
// has ended.
func (w waited) there() (bool, error) {
	if w.process != nil {
		return w.process.await(0)
	}
	return w.conn.wire.poll(0)
}

// awaitAny waits until one is there.
func awaitAny(ws []waited) error {
	release, err := hold(ws)
	if err != nil {
		return err
	}
	defer release()
	var children []*child
	var wires []wire
	for _, w := range ws {
		if w.process == nil {
			wires = append(wires, w.conn.wire)
			continue
		}
		w.process.mu.Lock()
		reaped := w.process.reaped
		w.process.mu.Unlock()
		if reaped {
			return nil
		}
		children = append(children, w.process.handle)
	}
	return awaitFirst(children, wires)
}

// lookForFirst is awaitFirst where the system can't wait for several: it looks again and
// again.
func lookForFirst(children []*child, wires []wire) error {
	for pause := 50 * time.Microsecond; ; pause = min(2*pause, 5*time.Millisecond) {
		for _, c := range children {
			if ended, err := c.await(0); ended || err != nil {
				return err
			}
		}
		for _, w := range wires {
			if ready, err := w.poll(0); ready || err != nil {
				return err
			}
		}
		time.Sleep(pause)
	}
}
