package mp

import (
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"lockstep/mp/trace"
)

// ErrOwnerDied is reported by LockErr: the lock is held, but its former owner
// died while holding it, so what it protects may be half changed.
var ErrOwnerDied = errors.New("the lock's owner died while holding it")

// takeover is how long a waiter sleeps before it asks whether the owner lives.
const takeover = 50 * time.Millisecond

// A lock word holds 0, or the owner's arena id, and waitBit when somebody may be
// asleep.
const waitBit = 1 << 31

// A mutex is a lock in the arena. Lock, Value and Array embed it.
type mutex struct {
	word   *atomic.Uint32 // nil in a handle that nothing made
	offset int64
	id     identity
	err    error // why there is no word
}

// A Lock excludes processes from each other: only one process, and in it one
// goroutine, holds it at a time. It is a sync.Locker. Pass it to children as a
// *Lock: a child that makes its own lock excludes nobody.
type Lock struct{ mutex }

// NewLock makes a lock that nobody holds. If the shared memory is full, the
// lock's Err says so, it can't be passed to a child, and locking it panics.
func NewLock() *Lock {
	l := &Lock{mutex{id: newIdentity()}}
	offset, err := allocate(cacheLine)
	if err != nil {
		l.err = fmt.Errorf("cannot make a lock: %w", err)
		return l
	}
	l.place(offset)
	return l
}

func (m *mutex) place(offset int64) {
	m.offset, m.word = offset, (*atomic.Uint32)(at(offset))
}

// Err returns why the object could not be made, or nil.
func (m *mutex) Err() error { return m.err }

// Lock takes the lock, waiting for as long as another holds it. If the owner
// dies, one waiter gets the lock within a tenth of a second and is not told;
// use LockErr to be told. Locking twice without unlocking waits for ever.
func (m *mutex) Lock() {
	if !observed && m.word != nil && m.word.CompareAndSwap(0, arena.id) {
		return
	}
	m.lockSlowly()
}

// LockErr takes the lock as Lock does. It returns ErrOwnerDied when the lock was
// taken over from a process that died holding it; the caller holds the lock in
// that case too.
func (m *mutex) LockErr() error {
	if !observed && m.word != nil && m.word.CompareAndSwap(0, arena.id) {
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
			ok = m.word.CompareAndSwap(0, arena.id)
			op.result = ok
		})
		return ok
	}
	return m.word.CompareAndSwap(0, arena.id)
}

// Unlock gives the lock back. It panics when this process does not hold it.
func (m *mutex) Unlock() {
	if !observed && m.word != nil && m.word.CompareAndSwap(arena.id, 0) {
		return
	}
	m.unlockSlowly()
}

func (m *mutex) lockSlowly() (err error) {
	m.check()
	if observed {
		perform(operation{kind: trace.Lock, object: m.id.String(), index: -1}, func(op *operation) {
			err = acquire(m.word)
			op.result = err
		})
		return err
	}
	return acquire(m.word)
}

func (m *mutex) unlockSlowly() {
	m.check()
	if m.word.Load()&^waitBit != arena.id {
		panic("mp: unlock of a lock that this process does not hold")
	}
	if observed {
		perform(operation{kind: trace.Unlock, object: m.id.String(), index: -1}, func(*operation) { release(m.word) })
		return
	}
	release(m.word)
}

// check panics with a plain message for a handle that no constructor made.
func (m *mutex) check() {
	if m.word == nil {
		if m.err != nil {
			panic(m.err)
		}
		panic(errors.New("mp: a Lock, Value or Array is made by NewLock, NewValue or NewArray, not as a zero value"))
	}
}

// acquire takes a lock word, waiting for it.
func acquire(w *atomic.Uint32) error {
	me := arena.id
	if w.CompareAndSwap(0, me) {
		return nil
	}
	// Somebody has it, and others may be asleep: take it with the bit set, so
	// that its release wakes one of them.
	for {
		seen := w.Load()
		switch {
		case seen == 0:
			if w.CompareAndSwap(0, me|waitBit) {
				return nil
			}
			continue
		case seen&waitBit == 0:
			if !w.CompareAndSwap(seen, seen|waitBit) {
				continue
			}
			seen |= waitBit
		}
		if futexWait(w, seen, takeover) && !alive(seen&^waitBit) && w.CompareAndSwap(seen, me|waitBit) {
			return ErrOwnerDied
		}
	}
}

// release frees a lock word that this process holds.
func release(w *atomic.Uint32) {
	if w.Swap(0)&waitBit != 0 {
		futexWake(w, 1)
	}
}

func (m *mutex) encodeHandle(e *encoder) error {
	if m.word == nil {
		if m.err != nil {
			return m.err
		}
		return errors.New("a Lock, Value or Array that no constructor made cannot travel")
	}
	e.unsigned(uint64(m.offset))
	e.identity(m.id)
	return nil
}

func (m *mutex) decodeHandle(d *decoder) error {
	offset, err := d.unsigned()
	if err != nil {
		return err
	}
	if m.id, err = d.identity(); err != nil {
		return err
	}
	if err := inside(int64(offset), cacheLine); err != nil {
		return err
	}
	m.place(int64(offset))
	return nil
}
