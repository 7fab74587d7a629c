package mp

import (
	"errors"
	"fmt"
	"sync/atomic"
	"time"
	"unsafe"

	"lockstep/mp/internal/shm"
	"lockstep/mp/trace"
)

// ErrBroken is reported by a Barrier at which somebody gave up waiting.
var ErrBroken = errors.New("the barrier is broken")

// A Barrier keeps processes waiting until a fixed number of them has arrived,
// and can be used again right away. Pass it to children as a *Barrier.
type Barrier struct{ shared }

// A barrier's state is one number, so that a process that dies while changing it
// leaves it sound: how many have arrived, how often the barrier has opened, and
// whether it is broken.
const (
	barrierState = 0 // two words
	barrierTick  = 2 // the word to sleep on
	barrierWidth = 3 // the number of parties

	barrierBroken = 1 << 31
	barrierRound  = 1 << 32
)

// NewBarrier makes a barrier for n processes, at least one. If n is less or the
// shared memory is full, its Err says so, it can't be passed to a child, and
// using it panics.
func NewBarrier(n int) *Barrier {
	b := &Barrier{}
	if n < 1 || n >= barrierBroken {
		b.err = fmt.Errorf("cannot make a barrier for %d processes", n)
		return b
	}
	b.reserve("a barrier", cacheLine)
	if b.err == nil {
		b.words[barrierWidth].Store(uint32(n))
		announce("barrier", b.id, n)
	}
	return b
}

// Wait waits until all processes have arrived. It returns ErrBroken when the
// barrier is broken. If one of the processes dies before it arrives, the others
// wait for ever: use WaitTimeout where that may happen.
func (b *Barrier) Wait() error { return b.wait(shm.Never) }

// WaitTimeout is Wait that gives up after d: it breaks the barrier, and
// everybody's waits, present and future, return ErrBroken.
func (b *Barrier) WaitTimeout(d time.Duration) error { return b.wait(shm.Within(d)) }

func (b *Barrier) wait(until shm.Deadline) (err error) {
	b.check()
	if observed {
		perform(operation{kind: trace.Wait, object: b.id.String(), index: -1, method: "barrier.wait", limit: limitOf(until)}, func(op *operation) {
			err = b.meet(until, op)
			op.ended(true, err)
		})
		return err
	}
	return b.meet(until, nil)
}

func (b *Barrier) state() *atomic.Uint64 {
	return (*atomic.Uint64)(unsafe.Pointer(&b.words[barrierState]))
}

// meet waits at the barrier; op is nil unless somebody observes.
func (b *Barrier) meet(until shm.Deadline, op *operation) error {
	state, tick := b.state(), &b.words[barrierTick]
	width := uint64(b.words[barrierWidth].Load())
	var round uint64
	for {
		s := state.Load()
		if s&barrierBroken != 0 {
			return ErrBroken
		}
		round = s / barrierRound
		if s%barrierBroken+1 < width {
			if state.CompareAndSwap(s, s+1) {
				break
			}
			continue
		}
		if state.CompareAndSwap(s, (round+1)*barrierRound) { // the last one opens it
			tick.Add(1)
			shm.Wake(tick, shm.Everybody)
			return nil
		}
	}
	for controlled := op != nil && op.controlled; ; {
		seen := tick.Load()
		s := state.Load()
		switch {
		case s/barrierRound != round:
			return nil
		case s&barrierBroken != 0:
			return ErrBroken
		}
		if controlled && op.twice {
			watch.pause(op)
			until = op.until(until)
			continue
		}
		if shm.Wait(tick, seen, until) {
			continue
		}
		if state.CompareAndSwap(s, s|barrierBroken) {
			tick.Add(1)
			shm.Wake(tick, shm.Everybody)
			return ErrBroken
		}
	}
}
