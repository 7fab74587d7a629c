package mp

import (
	"fmt"
	"sync/atomic"
	"unsafe"

	"lockstep/mp/trace"
)

// An Array is a fixed number of numbers that processes share, with one lock for
// them all. Pass it to children as an *Array. An element takes eight bytes,
// whatever its type.
//
// Like a Value's, each Get and Set is atomic by itself and no more. Processes
// that keep to elements of their own need no lock.
type Array[T Number] struct {
	mutex
	cells []atomic.Uint64
	quick []atomic.Uint64 // the same; empty where Get and Set must not go straight to them
}

// NewArray makes a shared array of n zeros. If n is negative or the shared
// memory is full, the array's Err says so, it can't be passed to a child, and
// using it panics.
func NewArray[T Number](n int) *Array[T] {
	a := &Array[T]{}
	switch what := fmt.Sprintf("an array of %d elements", n); {
	case n < 0:
		a.err = fmt.Errorf("cannot make %s", what)
	case n > arenaSize/8:
		a.err = fmt.Errorf("cannot make %s: %w", what, ErrArenaFull)
	default:
		a.reserve(what, arrayBytes(n))
	}
	if a.err == nil {
		a.place(a.offset, n)
		announce("array", a.id, n)
	}
	return a
}

// An array is its lock on one cache line, and its elements behind it.
func arrayBytes(n int) int64 { return cacheLine + 8*int64(n) }

func (a *Array[T]) place(offset int64, n int) {
	a.mutex.place(offset)
	if n > 0 {
		a.cells = unsafe.Slice((*atomic.Uint64)(at(offset+cacheLine)), n)
	}
	if !observed && !planting {
		a.quick = a.cells
	}
}

// Len returns the number of elements.
func (a *Array[T]) Len() int { return len(a.cells) }

// Get returns element i. It needs no lock, never waits, and panics when there is
// no such element, as a slice does.
func (a *Array[T]) Get(i int) T {
	if uint(i) >= uint(len(a.quick)) {
		return a.getSlowly(i)
	}
	return load[T](&a.quick[i])
}

// Set changes element i. It needs no lock, never waits, and panics when there is
// no such element, as a slice does.
func (a *Array[T]) Set(i int, x T) {
	if uint(i) >= uint(len(a.quick)) {
		a.setSlowly(i, x)
		return
	}
	store(&a.quick[i], x)
}

func (a *Array[T]) getSlowly(i int) (x T) {
	a.check()
	cell := &a.cells[i]
	if !observed {
		return load[T](cell)
	}
	perform(operation{kind: trace.Get, object: a.id.String(), index: i}, func(op *operation) {
		x = load[T](cell)
		op.result = x
	})
	return x
}

func (a *Array[T]) setSlowly(i int, x T) {
	a.check()
	cell := &a.cells[i]
	if x = handed(x); !observed {
		store(cell, x)
		return
	}
	perform(operation{kind: trace.Set, object: a.id.String(), index: i, arg: x}, func(*operation) {
		store(cell, x)
	})
}

func (a *Array[T]) encodeHandle(e *encoder) error {
	if err := a.mutex.encodeHandle(e); err != nil {
		return err
	}
	e.unsigned(uint64(len(a.cells)))
	return nil
}

func (a *Array[T]) decodeHandle(d *decoder) error {
	if err := a.mutex.decodeHandle(d); err != nil {
		return err
	}
	n, err := d.unsigned()
	if err != nil {
		return err
	}
	if n > arenaSize/8 {
		return errDamaged
	}
	if err := inside(a.offset, arrayBytes(int(n))); err != nil {
		return err
	}
	a.place(a.offset, int(n))
	return nil
}
