package mp

import (
	"time"

	"lockstep/mp/internal/shm"
	"lockstep/mp/trace"
)

// A Cond lets processes wait for a change of what a lock protects. Pass it to
// children as a *Cond; its lock goes with it.
//
// A wait may end without a signal: wait in a loop that looks whether the change
// has come.
//
//	c.L.Lock()
//	for !condition() {
//		c.Wait()
//	}
//	…
//	c.L.Unlock()
type Cond struct {
	shared
	L *Lock
}

// Words of a condition.
const (
	condTick = iota
	condWaiters
)

// NewCond makes a condition for what l protects. If the shared memory is full,
// its Err says so, it can't be passed to a child, and using it panics.
func NewCond(l *Lock) *Cond {
	c := &Cond{L: l}
	c.reserve("a condition", cacheLine)
	if c.err == nil {
		announce("cond", c.id, 0)
	}
	return c
}

// Wait unlocks c.L, which the caller must hold, waits for Signal or Broadcast,
// and locks c.L again. If nobody is left to signal, that is for ever.
func (c *Cond) Wait() { c.wait(shm.Never) }

// WaitTimeout is Wait that waits for at most d, not counting the wait for the
// lock. It reports whether it ended before.
func (c *Cond) WaitTimeout(d time.Duration) bool { return c.wait(shm.Within(d)) }

// Signal wakes at least one process that waits, if any does. The caller may hold
// c.L and need not.
func (c *Cond) Signal() { c.notify(1, "cond.signal") }

// Broadcast wakes all processes that wait. The caller may hold c.L and need not.
func (c *Cond) Broadcast() { c.notify(shm.Everybody, "cond.broadcast") }

func (c *Cond) wait(until shm.Deadline) (ok bool) {
	c.check()
	if observed {
		perform(operation{kind: trace.Wait, object: c.id.String(), index: -1, method: "cond.wait", key: c.L, limit: limitOf(until)}, func(op *operation) {
			ok = c.await(until, op)
			op.ended(ok, nil)
			op.result = ok
		})
		return ok
	}
	return c.await(until, nil)
}

// await waits for a signal; op is nil unless somebody observes.
func (c *Cond) await(until shm.Deadline, op *operation) bool {
	tick, waiters := &c.words[condTick], &c.words[condWaiters]
	seen := tick.Load()
	waiters.Add(1)
	c.L.giveUp()
	ok := true
	if op != nil && op.twice {
		ok = watch.pause(op)
		seen = tick.Load() - 1
	}
	for ok && tick.Load() == seen {
		ok = shm.Wait(tick, seen, until)
	}
	waiters.Add(^uint32(0))
	acquire(c.L.word())
	return ok
}

func (c *Cond) notify(n int, method string) {
	c.check()
	if observed {
		perform(operation{kind: trace.Notify, object: c.id.String(), index: -1, method: method}, func(*operation) { c.wake(n) })
		return
	}
	c.wake(n)
}

func (c *Cond) wake(n int) {
	c.words[condTick].Add(1)
	if c.words[condWaiters].Load() > 0 {
		shm.Wake(&c.words[condTick], n)
	}
}

func (c *Cond) encodeHandle(e *encoder) error {
	if err := c.shared.encodeHandle(e); err != nil {
		return err
	}
	if c.L == nil {
		return errZero
	}
	return c.L.encodeHandle(e)
}

func (c *Cond) decodeHandle(d *decoder) error {
	if err := c.shared.decodeHandle(d); err != nil {
		return err
	}
	c.L = &Lock{}
	return c.L.decodeHandle(d)
}
