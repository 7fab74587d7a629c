package mp

import (
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"
)

// A Conn is one end of a pipe between processes. What is sent into one end is
// received at the other, in order and whole. Both ends can send and receive. An
// end can be passed to children, inside messages too; each process then has a
// copy of it, and a message goes to one receiver only.
//
// A Conn that is forgotten stays open, because the copies in a process are its
// part of the pipe whether it uses them or not: a receiver sees the end of the
// pipe only when every copy of the other end is closed or its process has ended.
// After passing an end to a child, close the copy that stays behind.
//
// A pipe holds 64 KiB that nobody has received yet, in long messages a little
// more; then Send waits.
type Conn struct {
	id        identity
	offset    int64 // of its turns' cells
	wire      wire
	users     atomic.Int32 // operations under way, and connClosed
	sending   turn
	receiving turn
}

const connClosed = 1 << 30

// newConns is Pipe without telling an observer.
func newConns() (a, b *Conn, err error) {
	offset, err := allocate(2 * endCells)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot make a pipe: %w", err)
	}
	left, right, err := newWires()
	if err != nil {
		return nil, nil, fmt.Errorf("cannot make a pipe: %w", err)
	}
	id := newIdentity()
	a, b = &Conn{id: id, wire: left}, &Conn{id: id, wire: right}
	a.id.part, b.id.part = 1, 2
	a.place(offset)
	b.place(offset + endCells)
	return a, b, nil
}

var errNoConn = errors.New("a Conn is made by Pipe, not as a zero value")

// join notes that an operation uses the descriptor; leave that it no longer does.
func (c *Conn) join() error {
	if c == nil || c.id.number == 0 {
		return errNoConn
	}
	for {
		n := c.users.Load()
		if n&connClosed != 0 {
			return os.ErrClosed
		}
		if c.users.CompareAndSwap(n, n+1) {
			return nil
		}
	}
}

func (c *Conn) leave() {
	if c.users.Add(-1) == connClosed {
		c.wire.close()
	}
}

func (c *Conn) close() error {
	if err := c.join(); err != nil {
		return err
	}
	for {
		n := c.users.Load()
		if n&connClosed != 0 {
			c.leave()
			return os.ErrClosed
		}
		if c.users.CompareAndSwap(n, n|connClosed) {
			c.leave()
			return nil
		}
	}
}

func (c *Conn) poll(d time.Duration) (bool, error) {
	if err := c.join(); err != nil {
		return false, err
	}
	defer c.leave()
	return c.wire.poll(d)
}

func (c *Conn) identityString() string { return c.id.String() }

func (c *Conn) place(offset int64) {
	c.offset = offset
	c.sending.cell = (*turnCell)(at(offset + sendCell))
	c.receiving.cell = (*turnCell)(at(offset + receiveCell))
	c.sending.mark = at(offset + sendCell)
	c.receiving.mark = at((offset ^ endCells) + sendCell) // the other end's
}

func (c *Conn) encodeHandle(e *encoder) error {
	if err := c.join(); err != nil {
		return err
	}
	e.conns = append(e.conns, c)
	e.identity(c.id)
	e.unsigned(uint64(c.offset))
	c.wire.encode(e)
	return nil
}

func (c *Conn) decodeHandle(d *decoder) (err error) {
	if c.id, err = d.identity(); err != nil {
		return err
	}
	offset, err := d.unsigned()
	if err != nil {
		return err
	}
	if c.id.number == 0 {
		return errDamaged
	}
	if err := inside(int64(offset), endCells); err != nil {
		return err
	}
	c.place(int64(offset))
	return c.wire.decode(d)
}
