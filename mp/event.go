package mp

import (
	"time"
	"unsafe"

	"lockstep/mp/internal/shm"
	"lockstep/mp/trace"
)

// An Event is a flag that processes can wait for. Pass it to children as an
// *Event.
type Event struct{ shared }

// Words of an event.
const (
	eventFlag = iota
	eventWaiters
)

// NewEvent makes an event whose flag is not set. If the shared memory is full,
// its Err says so, it can't be passed to a child, and using it panics.
func NewEvent() *Event {
	e := &Event{}
	e.reserve("an event", cacheLine)
	if e.err == nil {
		announce("event", e.id, 1)
	}
	return e
}

// Set sets the flag and wakes all who wait for it.
func (e *Event) Set() { e.change(1, "event.set") }

// Clear takes the flag back. Who has not noticed yet that it was set keeps
// waiting.
func (e *Event) Clear() { e.change(0, "event.clear") }

// IsSet reports whether the flag is set.
func (e *Event) IsSet() (set bool) {
	e.check()
	if observed {
		perform(operation{kind: trace.Get, object: e.id.String(), index: -1}, func(op *operation) {
			set = e.look()
			op.result = set
		})
		return set
	}
	return e.look()
}

// Wait waits until the flag is set. If nobody is left to set it, that is for
// ever.
func (e *Event) Wait() { e.wait(shm.Never) }

// WaitTimeout waits until the flag is set, for at most d, and reports whether it
// is.
func (e *Event) WaitTimeout(d time.Duration) bool { return e.wait(shm.Within(d)) }

func (e *Event) change(flag uint32, method string) {
	e.check()
	if observed {
		perform(operation{kind: trace.Notify, object: e.id.String(), index: -1, method: method}, func(*operation) { e.store(flag) })
		return
	}
	e.store(flag)
}

func (e *Event) store(flag uint32) {
	raceRelease(unsafe.Pointer(&e.words[eventFlag]))
	e.words[eventFlag].Store(flag)
	if flag != 0 && e.words[eventWaiters].Load() > 0 {
		shm.Wake(&e.words[eventFlag], shm.Everybody)
	}
}

func (e *Event) wait(until shm.Deadline) (set bool) {
	e.check()
	if observed {
		perform(operation{kind: trace.Wait, object: e.id.String(), index: -1, method: "event.wait", limit: limitOf(until)}, func(op *operation) {
			set = e.await(op.until(until))
			op.ended(set, nil)
			op.result = set
		})
		return set
	}
	return e.await(until)
}

func (e *Event) await(until shm.Deadline) bool {
	flag, waiters := &e.words[eventFlag], &e.words[eventWaiters]
	for !e.look() {
		waiters.Add(1)
		ok := shm.Wait(flag, 0, until)
		waiters.Add(^uint32(0))
		if !ok {
			return e.look()
		}
	}
	return true
}

func (e *Event) look() bool {
	set := e.words[eventFlag].Load() != 0
	raceAcquire(unsafe.Pointer(&e.words[eventFlag]))
	return set
}
