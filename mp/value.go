package mp

import (
	"sync/atomic"
	"unsafe"

	"lockstep/mp/trace"
)

// Number is what a Value or an Array can hold.
type Number interface {
	~int | ~int8 | ~int16 | ~int32 | ~int64 |
		~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64 | ~uintptr |
		~float32 | ~float64
}

// A Value is one number that processes share. Pass it to children as a *Value.
//
// Every Get and every Set is atomic by itself, and together they are not: between
// v.Get() and the v.Set() that depends on it another process may set the value,
// and its work is lost. Hold the value's own lock across both.
type Value[T Number] struct {
	mutex
	quick *atomic.Uint64 // the cell; nil where Get and Set must not go straight to it
}

// A value's cell lies this far behind its lock, on the same cache line.
const cellOffset = 8

// NewValue makes a shared value that holds x. If the shared memory is full, the
// value's Err says so, it can't be passed to a child, and using it panics.
func NewValue[T Number](x T) *Value[T] {
	v := newValue(x)
	if v.err == nil {
		announce("value", v.id, 1, x)
	}
	return v
}

// newValue is NewValue without telling an observer.
func newValue[T Number](x T) *Value[T] {
	v := &Value[T]{}
	v.reserve("a value", cacheLine)
	if v.err == nil {
		v.place(v.offset)
		v.cell().Store(toCell(x))
	}
	return v
}

func (v *Value[T]) place(offset int64) {
	v.mutex.place(offset)
	if !observed && !planting {
		v.quick = v.cell()
	}
}

func (v *Value[T]) cell() *atomic.Uint64 {
	return (*atomic.Uint64)(unsafe.Pointer(&v.words[cellOffset/4]))
}

// Get returns the value. It needs no lock and never waits.
func (v *Value[T]) Get() T {
	if v.quick == nil {
		return v.getSlowly()
	}
	return load[T](v.quick)
}

// Set changes the value. It needs no lock and never waits.
func (v *Value[T]) Set(x T) {
	if v.quick == nil {
		v.setSlowly(x)
		return
	}
	store(v.quick, x)
}

func (v *Value[T]) getSlowly() (x T) {
	v.check()
	if !observed {
		return load[T](v.cell())
	}
	perform(operation{kind: trace.Get, object: v.id.String(), index: -1}, func(op *operation) {
		x = load[T](v.cell())
		op.result = x
	})
	return x
}

func (v *Value[T]) setSlowly(x T) {
	v.check()
	if x = handed(x); !observed {
		store(v.cell(), x)
		return
	}
	perform(operation{kind: trace.Set, object: v.id.String(), index: -1, arg: x}, func(*operation) {
		store(v.cell(), x)
	})
}

func (v *Value[T]) decodeHandle(d *decoder) error {
	if err := v.mutex.decodeHandle(d); err != nil {
		return err
	}
	v.place(v.offset)
	return nil
}

// A cell holds a number of any type in its first bytes.

func toCell[T Number](x T) (cell uint64) {
	*(*T)(unsafe.Pointer(&cell)) = x
	return cell
}

func fromCell[T Number](cell uint64) T { return *(*T)(unsafe.Pointer(&cell)) }

func load[T Number](cell *atomic.Uint64) T {
	x := fromCell[T](cell.Load())
	raceAcquire(unsafe.Pointer(cell))
	return x
}

func store[T Number](cell *atomic.Uint64, x T) {
	raceRelease(unsafe.Pointer(cell))
	cell.Store(toCell(x))
}
