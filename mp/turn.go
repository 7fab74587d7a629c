package mp

import (
	"errors"
	"sync"
	"sync/atomic"
	"unsafe"
)

// A turn lets one sender, or one receiver, at a time use an end of a pipe, so
// that messages stay whole. Goroutines of one process exclude each other by mu.
// Once the end has been passed on, processes do by a lock in the arena.
type turn struct {
	mu   sync.Mutex
	cell atomic.Pointer[turnCell]
	buf  []byte // reused from message to message
}

// A turnCell is a turn's part in the arena.
type turnCell struct {
	word   atomic.Uint32 // as a lock's
	within atomic.Uint32 // turnIdle, turnWithin or turnBroken
}

const (
	turnIdle   = iota
	turnWithin // the holder has moved a part of a message, and not the rest
	turnBroken // a holder died there: nobody knows where the next message begins
)

// Both turns of an end share a cache line.
const (
	sendCell    = 0
	receiveCell = 8
)

var errBroken = errors.New("a process died in the middle of a message: the pipe is broken")

// begin waits for the turn. Whatever it returns, end must follow.
func (t *turn) begin() error {
	t.mu.Lock()
	cell := t.cell.Load()
	if cell == nil {
		return nil
	}
	if acquire(&cell.word) == ErrOwnerDied && cell.within.Load() == turnWithin {
		cell.within.Store(turnBroken)
	}
	if cell.within.Load() == turnBroken {
		return errBroken
	}
	return nil
}

// entered marks that a message has been begun that one call can't move whole.
func (t *turn) entered() { t.mark(turnWithin) }

// finished marks that the message is complete.
func (t *turn) finished() { t.mark(turnIdle) }

// broken marks that the message will never be complete.
func (t *turn) broken() { t.mark(turnBroken) }

func (t *turn) mark(state uint32) {
	if cell := t.cell.Load(); cell != nil && arena.id == cell.word.Load()&^waitBit {
		cell.within.Store(state)
	}
}

func (t *turn) end() {
	// An end that was passed on during this turn has a cell that nobody holds.
	if cell := t.cell.Load(); cell != nil && arena.id == cell.word.Load()&^waitBit {
		release(&cell.word)
	}
	t.mu.Unlock()
}

// share gives the end's turns their cells in the arena and returns the place.
func (c *Conn) share() (int64, error) {
	c.sending.mu.Lock()
	defer c.sending.mu.Unlock()
	if cell := c.sending.cell.Load(); cell != nil {
		return int64(uintptr(unsafe.Pointer(cell)) - uintptr(unsafe.Pointer(&arena.mem[0]))), nil
	}
	offset, err := allocate(cacheLine)
	if err != nil {
		return 0, err
	}
	c.placeTurns(offset)
	return offset, nil
}

func (c *Conn) placeTurns(offset int64) {
	c.sending.cell.Store((*turnCell)(at(offset + sendCell)))
	c.receiving.cell.Store((*turnCell)(at(offset + receiveCell)))
}

func (c *Conn) encodeHandle(e *encoder) error {
	if err := c.join(); err != nil {
		return err
	}
	e.conns = append(e.conns, c)
	offset, err := c.share()
	if err != nil {
		return err
	}
	e.identity(c.id)
	e.unsigned(uint64(offset))
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
	if err := inside(int64(offset), cacheLine); err != nil {
		return err
	}
	c.placeTurns(int64(offset))
	return c.wire.decode(d)
}
