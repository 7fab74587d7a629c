package mp

import (
	"fmt"
	"sync/atomic"
	"unsafe"

	"lockstep/mp/internal/shm"
	"lockstep/mp/trace"
)

// An RWLock is held by one process that writes, or by any number that read. Pass it to
// children as an *RWLock.
//
// Readers never wait for a writer that waits itself: where somebody always reads, a writer
// waits for ever. If a process dies while it holds the lock, its part is given back within
// a tenth of a second, and nobody is told.
type RWLock struct{ shared }

// Words of a readers–writer lock. Behind them, each reader has written its mark into a place
// of its own. Every change is one store, made under the guard: whoever dies leaves the lock
// sound.
const (
	rwGuard    = 0
	rwWriter   = 1
	rwTick     = 2 // the word to sleep on
	rwSleepers = 3

	rwMost = 240 // readers at once
	rwSize = cacheLine + 4*rwMost
)

// NewRWLock makes a lock that nobody holds. If the shared memory is full, its Err says so, it
// can't be passed to a child, and using it panics.
func NewRWLock() *RWLock {
	l := &RWLock{}
	l.reserve("a readers-writer lock", rwSize)
	if l.err == nil {
		announce("rwlock", l.id, 1)
	}
	return l
}

// Lock takes the lock alone, waiting for as long as anybody holds it.
func (l *RWLock) Lock() {
	l.do(trace.Lock, "rwlock.lock", func(u shm.Deadline) bool { return l.take(true, u) }, shm.Never)
}

// TryLock is Lock that does not wait; it reports whether it took the lock.
func (l *RWLock) TryLock() bool {
	return l.do(trace.TryLock, "rwlock.trylock", func(u shm.Deadline) bool { return l.take(true, u) }, shm.Within(0))
}

// Unlock gives back what Lock took. It panics when this process does not hold the lock alone.
func (l *RWLock) Unlock() {
	l.do(trace.Unlock, "rwlock.unlock", func(shm.Deadline) bool { return l.give(true) }, shm.Never)
}

// RLock takes the lock together with others who read, waiting for as long as one holds it
// alone. A process may take it several times, and gives it back as often.
func (l *RWLock) RLock() {
	l.do(trace.Lock, "rwlock.rlock", func(u shm.Deadline) bool { return l.take(false, u) }, shm.Never)
}

// TryRLock is RLock that does not wait; it reports whether it took the lock.
func (l *RWLock) TryRLock() bool {
	return l.do(trace.TryLock, "rwlock.tryrlock", func(u shm.Deadline) bool { return l.take(false, u) }, shm.Within(0))
}

// RUnlock gives back what RLock took. It panics when this process does not read.
func (l *RWLock) RUnlock() {
	l.do(trace.Unlock, "rwlock.runlock", func(shm.Deadline) bool { return l.give(false) }, shm.Never)
}

func (l *RWLock) do(kind trace.Kind, method string, work func(shm.Deadline) bool, until shm.Deadline) (ok bool) {
	l.check()
	if !observed {
		return work(until)
	}
	perform(operation{kind: kind, object: l.id.String(), index: -1, method: method}, func(op *operation) {
		if ok = work(op.until(until)); kind == trace.TryLock {
			op.ended(ok, nil)
			op.result = ok
		}
	})
	return ok
}

func (l *RWLock) readers() *[rwMost]atomic.Uint32 {
	return (*[rwMost]atomic.Uint32)(at(l.offset + cacheLine))
}

// take waits until it has the lock, and returns false when there was no time for that.
func (l *RWLock) take(alone bool, until shm.Deadline) bool {
	tick, sleepers := &l.words[rwTick], &l.words[rwSleepers]
	for slept := false; ; slept = true {
		acquire(&l.words[rwGuard])
		if slept {
			l.bury()
		}
		seen := tick.Load()
		ok := l.admit(alone)
		release(&l.words[rwGuard])
		if ok {
			raceAcquire(unsafe.Pointer(&l.words[rwWriter]))
			if alone {
				raceAcquire(unsafe.Pointer(sleepers))
			}
			return true
		}
		sleepers.Add(1)
		more := shm.Wait(tick, seen, until)
		sleepers.Add(^uint32(0))
		if !more {
			return false
		}
	}
}

// admit takes the lock if that can be; the caller has the guard.
func (l *RWLock) admit(alone bool) bool {
	if l.words[rwWriter].Load() != 0 {
		return false
	}
	free := -1
	for i := range l.readers() {
		if l.readers()[i].Load() == 0 {
			free = i
		} else if alone {
			return false
		}
	}
	switch {
	case alone:
		l.words[rwWriter].Store(arena.id)
	case free >= 0:
		l.readers()[free].Store(arena.id)
	}
	return alone || free >= 0
}

// bury gives back what the dead hold; the caller has the guard.
func (l *RWLock) bury() {
	holders := []*atomic.Uint32{&l.words[rwWriter]}
	for i := range l.readers() {
		holders = append(holders, &l.readers()[i])
	}
	for _, w := range holders {
		if id := w.Load(); id != 0 && !alive(id) {
			w.Store(0)
		}
	}
}

// give gives this process's part back.
func (l *RWLock) give(alone bool) bool {
	mark, edge := &l.words[rwWriter], &l.words[rwWriter]
	if !alone {
		mark, edge = nil, &l.words[rwSleepers]
		for i := range l.readers() {
			if w := &l.readers()[i]; w.Load() == arena.id {
				mark = w
			}
		}
	}
	if mark == nil || mark.Load() != arena.id {
		panic(errNotHeld)
	}
	raceRelease(unsafe.Pointer(edge))
	mark.Store(0)
	l.words[rwTick].Add(1)
	if l.words[rwSleepers].Load() > 0 {
		shm.Wake(&l.words[rwTick], shm.Everybody)
	}
	return true
}

func (l *RWLock) decodeHandle(d *decoder) error {
	if err := l.shared.decodeHandle(d); err != nil {
		return err
	}
	if err := inside(l.offset, rwSize); err != nil {
		return fmt.Errorf("cannot use a readers-writer lock: %w", err)
	}
	return nil
}
