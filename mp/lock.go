package mp

import (
	"errors"
	"sync/atomic"
	"time"
	"unsafe"

	"lockstep/mp/internal/shm"
	"lockstep/mp/trace"
)

// ErrOwnerDied is reported by LockErr: the lock is held, but its former owner
// died while holding it, so what it protects may be half changed.
var ErrOwnerDied = errors.New("the lock's owner died while holding it")

// A lock word holds 0, or the owner's arena id, and waitBit when somebody may be
// asleep.
const waitBit = 1 << 31

// A mutex is a lock in the arena. Lock, Value and Array embed it.
type mutex struct{ shared }

// word is the object's first; callers have checked that there is one.
func (m *mutex) word() *atomic.Uint32 { return &m.words[0] }

// A Lock excludes processes from each other: only one process, and in it one
// goroutine, holds it at a time. It is a sync.Locker. Pass it to children as a
// *Lock: a child that makes its own lock excludes nobody.
type Lock struct{ mutex }

// NewLock makes a lock that nobody holds. If the shared memory is full, the
// lock's Err says so, it can't be passed to a child, and locking it panics.
func NewLock() *Lock {
	l := &Lock{}
	l.reserve("a lock", cacheLine)
	if l.err == nil {
		announce("lock", l.id, 1)
	}
	return l
}

// Lock takes the lock, waiting for as long as another holds it. If the owner
// dies, one waiter gets the lock within a tenth of a second and is not told;
// use LockErr to be told. Locking twice without unlocking waits for ever.
func (m *mutex) Lock() {
	if !observed && !raceEnabled && m.words != nil && m.word().CompareAndSwap(0, arena.id) {
		return
	}
	m.lockSlowly()
}

// LockErr takes the lock as Lock does. It returns ErrOwnerDied when the lock was
// taken over from a process that died holding it; the caller holds the lock in
// that case too.
func (m *mutex) LockErr() error {
	if !observed && !raceEnabled && m.words != nil && m.word().CompareAndSwap(0, arena.id) {
		return nil
	}
	return m.lockSlowly()
}

// TryLock takes the lock if nobody holds it and reports whether it did; it never
// waits. A lock whose owner died counts as held.
func (m *mutex) TryLock() bool {
	m.check()
	if observed {
		ok := false
		perform(operation{kind: trace.TryLock, object: m.id.String(), index: -1}, func(op *operation) {
			ok = tryAcquire(m.word())
			op.ended(ok, nil)
			op.result = ok
		})
		return ok
	}
	return tryAcquire(m.word())
}

// LockTimeout is Lock that waits for at most d, and reports whether it took the lock. A d
// of zero or less does not wait. The error is nil, or ErrOwnerDied as LockErr has it: the
// lock of an owner that died is taken whatever d is.
func (m *mutex) LockTimeout(d time.Duration) (ok bool, err error) {
	m.check()
	until := shm.Within(d)
	if !observed {
		return acquireBy(m.word(), until)
	}
	perform(operation{kind: trace.Lock, object: m.id.String(), index: -1, method: "lock.timeout", limit: limitOf(until)}, func(op *operation) {
		ok, err = acquireBy(m.word(), op.until(until))
		op.result = ok
		op.ended(ok, err)
	})
	return ok, err
}

// Unlock gives the lock back. It panics when this process does not hold it.
func (m *mutex) Unlock() {
	if !observed && !raceEnabled && m.words != nil && m.word().CompareAndSwap(arena.id, 0) {
		return
	}
	m.unlockSlowly()
}

func (m *mutex) lockSlowly() (err error) {
	m.check()
	if observed {
		perform(operation{kind: trace.Lock, object: m.id.String(), index: -1}, func(op *operation) {
			err = acquire(m.word())
			op.ended(true, err)
		})
		return err
	}
	return acquire(m.word())
}

func (m *mutex) unlockSlowly() {
	m.check()
	if observed {
		perform(operation{kind: trace.Unlock, object: m.id.String(), index: -1}, func(*operation) { m.giveUp() })
		return
	}
	m.giveUp()
}

// giveUp releases the lock, which this process must hold.
func (m *mutex) giveUp() {
	if m.word().Load()&^waitBit != arena.id {
		panic(errNotHeld)
	}
	release(m.word())
}

var errNotHeld = errors.New("mp: unlock of a lock that this process does not hold")

func tryAcquire(w *atomic.Uint32) bool {
	if !w.CompareAndSwap(0, arena.id) {
		return false
	}
	raceAcquire(unsafe.Pointer(w))
	return true
}

// acquire takes a lock word, waiting for it.
func acquire(w *atomic.Uint32) error {
	_, err := acquireBy(w, shm.Never)
	return err
}

// acquireBy is acquire for as long as until allows; false: that was not enough.
func acquireBy(w *atomic.Uint32, until shm.Deadline) (bool, error) {
	ok, err := obtain(w, until)
	if ok {
		raceAcquire(unsafe.Pointer(w))
	}
	return ok, err
}

func obtain(w *atomic.Uint32, until shm.Deadline) (bool, error) {
	me := arena.id
	if w.CompareAndSwap(0, me) {
		return true, nil
	}
	// Somebody has it, and others may be asleep: take it with the bit set, so
	// that its release wakes one of them.
	for {
		seen := w.Load()
		switch {
		case seen == 0:
			if w.CompareAndSwap(0, me|waitBit) {
				return true, nil
			}
			continue
		case seen&waitBit == 0:
			if !w.CompareAndSwap(seen, seen|waitBit) {
				continue
			}
			seen |= waitBit
		}
		patience := shm.Takeover
		if observed && watch.ask {
			patience = time.Millisecond // whoever lets it go on knows that the lock is free
		}
		over := false
		if until.Set {
			patience = min(patience, time.Until(until.At))
			over = patience <= 0
		}
		if (over || shm.Sleep(w, seen, patience)) && !alive(seen&^waitBit) && w.CompareAndSwap(seen, me|waitBit) {
			return true, ErrOwnerDied
		}
		if over { // the bit stays: whoever sleeps may have come after this process was woken in vain
			return false, nil
		}
	}
}

// release frees a lock word that this process holds.
func release(w *atomic.Uint32) {
	raceRelease(unsafe.Pointer(w))
	if w.Swap(0)&waitBit != 0 {
		shm.Wake(w, 1)
	}
}
