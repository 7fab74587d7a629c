package mp

import (
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"unsafe"
)

// A turn lets one sender, or one receiver, at a time use an end of a pipe, so
// that messages stay whole. Goroutines of one process exclude each other by mu,
// processes by a lock in the arena.
type turn struct {
	mu   sync.Mutex
	cell *turnCell
	lost error          // why this process can't use the end any more
	mark unsafe.Pointer // for the race detector: the same at both sides
	gap  bool           // the last holder died: count may be one off
	buf  []byte         // reused from message to message
}

// A turnCell is a turn's part in the arena.
type turnCell struct {
	word   atomic.Uint32 // as a lock's
	within atomic.Uint32 // turnIdle, turnWithin or turnBroken
	count  atomic.Uint32 // messages that were begun to be sent, or were received
}

const (
	turnIdle   = iota
	turnWithin // the holder has moved a part of a message, and not the rest
	turnBroken // a holder died there: nobody knows where the next message begins
)

// The four turns of a pipe share a cache line.
const (
	sendCell    = 0
	receiveCell = 16
	endCells    = 32
)

var errBroken = errors.New("a process died in the middle of a message: the pipe is broken")

// begin waits for the turn. Whatever it returns, end must follow.
func (t *turn) begin() error {
	t.mu.Lock()
	if acquire(&t.cell.word) == ErrOwnerDied {
		t.gap = true
		if t.cell.within.Load() == turnWithin {
			t.cell.within.Store(turnBroken)
		}
	}
	if t.lost == nil && t.cell.within.Load() == turnBroken {
		t.lost = errBroken
	}
	return t.lost
}

// entered marks that a message has been begun that one call can't move whole.
func (t *turn) entered() { t.cell.within.Store(turnWithin) }

// finished marks that the message is complete.
func (t *turn) finished() { t.cell.within.Store(turnIdle) }

// broken marks that the message will never be complete, because of err. That the
// other side is gone everybody sees for himself.
func (t *turn) broken(err error) {
	t.lost = err
	if err == io.ErrClosedPipe {
		t.finished()
	} else {
		t.cell.within.Store(turnBroken)
	}
}

func (t *turn) end() {
	release(&t.cell.word)
	t.mu.Unlock()
}
