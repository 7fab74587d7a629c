package mp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"unsafe"

	"lockstep/mp/internal/shm"
)

// A ring is a queue of byte strings in the arena: a line of control words, and
// behind it the bytes, each string with four bytes of length before it.
//
// What is in the ring lies between two positions that only grow. Moving one of
// them, a single store, is what adds or takes a string: a process that dies
// before it has changed nothing, and after it everything.
//
// A string that was added is unfinished until somebody says that it is done. How many
// are in the ring and how many are unfinished is one store, too, behind that of the
// position. So whoever finds another number in the ring than is counted knows what the
// dead owner of the lock had come to: one more was added, and is unfinished; one less
// was taken, and still is.
type ring struct{ shared }

// Words of a ring.
const (
	ringLock     = 0
	ringClosed   = 1
	ringHead     = 2 // two words: bytes ever taken
	ringTail     = 4 // two words: bytes ever added
	ringAdded    = 6 // ticks with every string added, taken, or when all are done, to sleep on;
	ringTaken    = 8 // the word behind counts those who sleep
	ringDone     = 10
	ringCounts   = 12 // two words: strings in the ring, and those that are unfinished
	ringCapacity = 14
	ringSize     = 15 // of the bytes

	ringEntry = 4

	ringPerValue = 1 << 10
	ringLeast    = 64 << 10
	ringMost     = 64 << 20
)

func (r *ring) make(capacity int) error {
	size := min(max(int64(capacity)*ringPerValue, ringLeast), ringMost)
	r.reserve(fmt.Sprintf("a queue of capacity %d", capacity), cacheLine+size)
	if r.err != nil {
		return r.err
	}
	r.words[ringCapacity].Store(uint32(capacity))
	r.words[ringSize].Store(uint32(size))
	return nil
}

// wide is two words as one.
func (r *ring) wide(word int) *atomic.Uint64 {
	return (*atomic.Uint64)(unsafe.Pointer(&r.words[word]))
}

// counts returns how many strings are in the ring, and how many are unfinished. Where nobody
// ever says that one is done, the second wraps around some day, and nobody asks for it.
func (r *ring) counts() (within, unfinished uint32) {
	c := r.wide(ringCounts).Load()
	return uint32(c), uint32(c >> 32)
}

func (r *ring) count(within, unfinished uint32) {
	r.wide(ringCounts).Store(uint64(unfinished)<<32 | uint64(within))
}

func (r *ring) bytes() []byte {
	return arena.mem[r.offset+cacheLine:][:r.words[ringSize].Load()]
}

// lock takes the ring's lock. After an owner's death only the counts can be wrong.
func (r *ring) lock() {
	if acquire(&r.words[ringLock]) == ErrOwnerDied {
		r.recount()
	}
}

// recount makes up for a store of the counts that did not come any more.
func (r *ring) recount() {
	n := uint32(0)
	for at, tail := r.wide(ringHead).Load(), r.wide(ringTail).Load(); at < tail; n++ {
		at += ringEntry + uint64(r.entry(at))
	}
	within, unfinished := r.counts()
	if n > within {
		unfinished += n - within
	}
	r.count(n, unfinished)
}

func (r *ring) unlock() { release(&r.words[ringLock]) }

func (r *ring) length() int {
	n, _ := r.counts()
	return int(n)
}

// entry returns the length of the string at a position.
func (r *ring) entry(at uint64) uint32 {
	var head [ringEntry]byte
	r.copyOut(head[:], at)
	return binary.LittleEndian.Uint32(head[:])
}

func (r *ring) copyOut(dst []byte, at uint64) {
	mem := r.bytes()
	n := copy(dst, mem[at%uint64(len(mem)):])
	copy(dst[n:], mem)
}

func (r *ring) copyIn(at uint64, src []byte) {
	mem := r.bytes()
	n := copy(mem[at%uint64(len(mem)):], src)
	copy(mem, src[n:])
}

// put adds b. It returns false when there was no room in time.
func (r *ring) put(b []byte, until shm.Deadline) (bool, error) {
	size := uint64(r.words[ringSize].Load())
	need := ringEntry + uint64(len(b))
	if need > size {
		return false, fmt.Errorf("the value takes %d bytes, more than the queue's %d", need, size)
	}
	head, tail := r.wide(ringHead), r.wide(ringTail)
	for {
		r.lock()
		if r.words[ringClosed].Load() != 0 {
			r.unlock()
			return false, os.ErrClosed
		}
		within, unfinished := r.counts()
		if at := tail.Load(); within < r.words[ringCapacity].Load() && at-head.Load()+need <= size {
			var length [ringEntry]byte
			binary.LittleEndian.PutUint32(length[:], uint32(len(b)))
			r.copyIn(at, length[:])
			r.copyIn(at+ringEntry, b)
			tail.Store(at + need)
			r.count(within+1, unfinished+1)
			r.bell(ringAdded).ring(1)
			r.unlock()
			return true, nil
		}
		if !r.pause(ringTaken, until) {
			return false, nil
		}
	}
}

// get takes the next string. It returns false when there was none in time.
func (r *ring) get(until shm.Deadline) ([]byte, bool, error) {
	head, tail := r.wide(ringHead), r.wide(ringTail)
	for {
		r.lock()
		if at := head.Load(); at < tail.Load() {
			b := make([]byte, r.entry(at))
			r.copyOut(b, at+ringEntry)
			head.Store(at + ringEntry + uint64(len(b)))
			within, unfinished := r.counts()
			r.count(within-1, unfinished)
			r.bell(ringTaken).ring(shm.Everybody) // a short value may fit where a long one doesn't
			r.unlock()
			return b, true, nil
		}
		if r.words[ringClosed].Load() != 0 {
			r.unlock()
			return nil, false, io.EOF
		}
		if !r.pause(ringAdded, until) {
			return nil, false, nil
		}
	}
}

var errAllDone = errors.New("every value that was put is done already")

// done says of one string that it is not unfinished any more.
func (r *ring) done() error {
	r.lock()
	defer r.unlock()
	within, unfinished := r.counts()
	if unfinished == 0 {
		return errAllDone
	}
	r.count(within, unfinished-1)
	if unfinished == 1 {
		r.bell(ringDone).ring(shm.Everybody)
	}
	return nil
}

// wait waits until nothing is unfinished. It returns false when that was not so in time.
// It takes the lock to look: who has it may have died before it counted what it added.
func (r *ring) wait(until shm.Deadline) bool {
	for {
		r.lock()
		if _, unfinished := r.counts(); unfinished == 0 {
			r.unlock()
			return true
		}
		if !r.pause(ringDone, until) {
			return false
		}
	}
}

// pause unlocks the ring and sleeps until a tick. It returns false when the time
// is over.
func (r *ring) pause(tick int, until shm.Deadline) bool {
	b := r.bell(tick)
	seen := b.rings.Load()
	b.sleepers.Add(1)
	r.unlock()
	ok := shm.Wait(&b.rings, seen, until)
	b.sleepers.Add(^uint32(0))
	return ok
}

func (r *ring) bell(tick int) *bell { return (*bell)(unsafe.Pointer(&r.words[tick])) }
