package mp

import (
	"time"
	"unsafe"

	"lockstep/mp/internal/shm"
	"lockstep/mp/trace"
)

// A Semaphore is a number of permits that processes take and give back. Pass it
// to children as a *Semaphore. Unlike a Lock it has no owner: any process may
// release, and a process that dies takes its permits with it.
type Semaphore struct{ shared }

// Words of a semaphore.
const (
	semPermits = iota
	semWaiters
)

// NewSemaphore makes a semaphore of n permits, none for n < 0. If the shared
// memory is full, its Err says so, it can't be passed to a child, and using it
// panics.
func NewSemaphore(n int) *Semaphore {
	s := &Semaphore{}
	s.reserve("a semaphore", cacheLine)
	if s.err == nil {
		s.words[semPermits].Store(uint32(max(n, 0)))
		announce("semaphore", s.id, max(n, 0))
	}
	return s
}

// Acquire takes a permit, waiting until there is one.
func (s *Semaphore) Acquire() { s.acquire(shm.Never, trace.Acquire) }

// TryAcquire takes a permit if there is one and reports whether it did.
func (s *Semaphore) TryAcquire() bool { return s.acquire(shm.Within(0), trace.Acquire) }

// AcquireTimeout takes a permit, waiting for at most d, and reports whether it
// did.
func (s *Semaphore) AcquireTimeout(d time.Duration) bool {
	return s.acquire(shm.Within(d), trace.Acquire)
}

// Release gives a permit back, or adds one. It never waits.
func (s *Semaphore) Release() {
	s.check()
	if observed {
		perform(operation{kind: trace.Release, object: s.id.String(), index: -1}, func(*operation) { s.release() })
		return
	}
	s.release()
}

func (s *Semaphore) acquire(until shm.Deadline, kind trace.Kind) (ok bool) {
	s.check()
	if observed {
		perform(operation{kind: kind, object: s.id.String(), index: -1, limit: limitOf(until)}, func(op *operation) {
			ok = s.take(op.until(until))
			op.ended(ok, nil)
			op.result = ok
		})
		return ok
	}
	return s.take(until)
}

func (s *Semaphore) take(until shm.Deadline) bool {
	permits, waiters := &s.words[semPermits], &s.words[semWaiters]
	for {
		n := permits.Load()
		if n > 0 {
			if permits.CompareAndSwap(n, n-1) {
				raceAcquire(unsafe.Pointer(permits))
				return true
			}
			continue
		}
		waiters.Add(1)
		ok := shm.Wait(permits, 0, until)
		waiters.Add(^uint32(0))
		if !ok {
			return false
		}
	}
}

func (s *Semaphore) release() {
	raceRelease(unsafe.Pointer(&s.words[semPermits]))
	s.words[semPermits].Add(1)
	if s.words[semWaiters].Load() > 0 {
		shm.Wake(&s.words[semPermits], 1)
	}
}
