package mp

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"unsafe"
)

// Values, arrays, locks and what is built from them live in the arena: one
// stretch of memory that a program's first process makes and all its
// descendants map. It is sparse, so only what is used takes memory, and it goes
// away with the last process. Nothing in it is ever given back before. An
// object's place is an offset, which means the same in every process.
//
// The first page is the arena's own: two counters, and where the windows are.
const (
	arenaSize    = 1 << 30
	arenaNext    = 0   // offset of the first free byte
	arenaIDs     = 64  // processes that ever took an id
	arenaWindows = 128 // offset of the windows; 0: nobody has needed one
	arenaHead    = 4096
	cacheLine    = 64 // objects start on a line of their own
)

// ErrArenaFull is reported when the shared memory of a program's processes,
// 1 GiB in all, has no room for another object.
var ErrArenaFull = errors.New("the shared memory is full")

var arena struct {
	once sync.Once
	mem  []byte
	err  error
	id   uint32 // this process's mark in lock words; never given to another process
}

// mapArena makes the arena or maps the inherited one, once per process.
func mapArena() error {
	arena.once.Do(func() {
		if arena.mem, arena.err = openArena(); arena.err != nil {
			return
		}
		(*atomic.Int64)(at(arenaNext)).CompareAndSwap(0, arenaHead)
		arena.id, arena.err = claim((*atomic.Uint32)(at(arenaIDs)))
	})
	return arena.err
}

func at(offset int64) unsafe.Pointer { return unsafe.Pointer(&arena.mem[offset]) }

// allocate finds room for n zero bytes.
func allocate(n int64) (int64, error) {
	if err := mapArena(); err != nil {
		return 0, fmt.Errorf("cannot share memory: %w", err)
	}
	if n > int64(len(arena.mem)) {
		return 0, ErrArenaFull
	}
	n = (n + cacheLine - 1) &^ (cacheLine - 1)
	next := (*atomic.Int64)(at(arenaNext))
	for {
		from := next.Load()
		if from > int64(len(arena.mem))-n {
			return 0, ErrArenaFull
		}
		if next.CompareAndSwap(from, from+n) {
			return from, nil
		}
	}
}

// inside reports whether a handle's n bytes at offset lie in the arena and
// maps it.
func inside(offset, n int64) error {
	if err := mapArena(); err != nil {
		return fmt.Errorf("cannot share memory: %w", err)
	}
	if offset < arenaHead || offset%8 != 0 || n < 0 || offset > int64(len(arena.mem))-n {
		return errDamaged
	}
	return nil
}
