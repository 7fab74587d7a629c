package mp_test

import (
	"encoding/binary"
	"errors"
	"math/big"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"lockstep/mp"
)

// Structs that embed handles, as programs define them to add methods.
type (
	withValue struct {
		*mp.Value[int]
		Name string
		Tags []string
	}
	withArray struct {
		Name string
		*mp.Array[float64]
	}
	withLock struct {
		*mp.Lock
		Total *mp.Value[int]
	}
	withRWLock struct {
		*mp.RWLock
		Name string
	}
	withSemaphore struct {
		*mp.Semaphore
		Permits int
	}
	withEvent struct {
		*mp.Event
		Name string
	}
	withBarrier struct {
		*mp.Barrier
		Parties int
	}
	withCond struct {
		*mp.Cond
		Name string
	}
	withQueue struct {
		*mp.Queue[string]
		Name string
	}
	withConn struct {
		*mp.Conn
		Name string
	}
	withManager struct {
		*mp.Manager
		Name string
	}
	withList struct {
		*mp.List[int]
		Name string
	}
	withDict struct {
		*mp.Dict[string, int]
		Name string
	}
	withTwo struct {
		*mp.Lock
		*mp.Value[int]
		Name string
	}
	alone                struct{ *mp.Value[int] }
	generic[T mp.Number] struct {
		*mp.Value[T]
		Step T
	}
	// The methods come from two levels below, through a type that others can't name.
	counter struct{ *mp.Value[int] }
	above   struct {
		counter
		Name string
	}
	throughPointer struct {
		*counter
		Name string
	}
	inside struct {
		mp.Value[int]
		Name string
	}
	guard mp.Lock
)

// A load has a T in all places where one can be.
type load[T any] struct {
	Plain   T
	Pointer *T
	Slice   []T
	Array   [1]T
	Map     map[string]*T
	Any     any
}

// ts yields all of them.
func (l load[T]) ts() []T {
	return []T{l.Plain, *l.Pointer, l.Slice[0], l.Array[0], *l.Map["x"], l.Any.(T)}
}

type ship[T any] = mp.Target2[load[T], *mp.Conn]

// returns registers a target that sends back what it is given.
func returns[T any](name string) *ship[T] {
	mp.Register(*new(T))
	return mp.Func2("returns "+name, func(l load[T], back *mp.Conn) error { return back.Send(l) })
}

// travel has x go to a child and back, and has each copy that arrives looked at.
func travel[T any](t *testing.T, f *ship[T], x T, look func(T) bool) {
	t.Helper()
	here, there, err := mp.Pipe()
	check(err)
	defer here.Close()
	p := must(f.Start(load[T]{x, &x, []T{x}, [1]T{x}, map[string]*T{"x": &x}, x}, there))
	check(there.Close())
	l, err := mp.Recv[load[T]](here)
	join(t, p)
	if err != nil {
		t.Fatalf("%T: %v", x, err)
	}
	for i, got := range l.ts() {
		if !look(got) {
			t.Errorf("%T, copy %d: something is lost", x, i)
		}
	}
}

var (
	shipsValue     = returns[withValue]("value")
	shipsArray     = returns[withArray]("array")
	shipsLock      = returns[withLock]("lock")
	shipsRWLock    = returns[withRWLock]("rwlock")
	shipsSemaphore = returns[withSemaphore]("semaphore")
	shipsEvent     = returns[withEvent]("event")
	shipsBarrier   = returns[withBarrier]("barrier")
	shipsCond      = returns[withCond]("cond")
	shipsQueue     = returns[withQueue]("queue")
	shipsConn      = returns[withConn]("conn")
	shipsManager   = returns[withManager]("manager")
	shipsList      = returns[withList]("list")
	shipsDict      = returns[withDict]("dict")
	shipsTwo       = returns[withTwo]("two")
	shipsAlone     = returns[alone]("alone")
	shipsGeneric   = returns[generic[float64]]("generic")
	shipsAbove     = returns[above]("above")
	shipsThrough   = returns[throughPointer]("through a pointer")
	shipsInside    = returns[*inside]("inside")
	shipsGuard     = returns[*guard]("guard")
	shipsStamped   = returns[stamped]("stamped")
	shipsAmount    = returns[amount]("amount")
	shipsSealed    = returns[sealed]("sealed")
	shipsMarked    = returns[marked]("marked")
)

// What embeds handles travels whole, and the handles are to the same objects.
func TestEmbeddedHandlesTravel(t *testing.T) {
	n := 0
	same := func(a, b interface {
		Get() int
		Set(int)
	}) bool {
		n++
		a.Set(n)
		return b.Get() == n
	}
	value := mp.NewValue(0)
	travel(t, shipsValue, withValue{value, "v", []string{"a", "b"}}, func(x withValue) bool {
		return same(x, value) && x.Name == "v" && len(x.Tags) == 2 && x.Tags[1] == "b"
	})
	travel(t, shipsAlone, alone{value}, func(x alone) bool { return same(x, value) })
	travel(t, shipsAbove, above{counter{value}, "v"}, func(x above) bool { return same(x, value) && x.Name == "v" })
	travel(t, shipsThrough, throughPointer{&counter{value}, "v"}, func(x throughPointer) bool { return same(x, value) && x.Name == "v" })
	within := &inside{*mp.NewValue(0), "v"}
	travel(t, shipsInside, within, func(x *inside) bool { return same(x, within) && x.Name == "v" })
	half := mp.NewValue(0.5)
	travel(t, shipsGeneric, generic[float64]{half, 0.25}, func(x generic[float64]) bool {
		x.Set(x.Get() + x.Step)
		return half.Get() == x.Get() && x.Step == 0.25
	})
	array := mp.NewArray[float64](3)
	travel(t, shipsArray, withArray{"a", array}, func(x withArray) bool {
		x.Set(2, array.Get(2)+1)
		return array.Get(2) == x.Get(2) && x.Len() == 3 && x.Name == "a"
	})
	lock := mp.NewLock()
	held := func(x interface {
		Lock()
		Unlock()
	}, try func() bool) bool {
		x.Lock()
		defer x.Unlock()
		return !try()
	}
	travel(t, shipsLock, withLock{lock, value}, func(x withLock) bool { return held(x.Lock, lock.TryLock) && same(x.Total, value) })
	travel(t, shipsTwo, withTwo{lock, value, "two"}, func(x withTwo) bool {
		return held(x.Lock, lock.TryLock) && same(x, value) && x.Name == "two"
	})
	travel(t, shipsGuard, (*guard)(lock), func(x *guard) bool { return held(x, lock.TryLock) })
	rw := mp.NewRWLock()
	travel(t, shipsRWLock, withRWLock{rw, "rw"}, func(x withRWLock) bool { return held(x, rw.TryRLock) && x.Name == "rw" })
	semaphore := mp.NewSemaphore(1)
	travel(t, shipsSemaphore, withSemaphore{semaphore, 1}, func(x withSemaphore) bool {
		x.Acquire()
		defer x.Release()
		return !semaphore.TryAcquire() && x.Permits == 1
	})
	event := mp.NewEvent()
	travel(t, shipsEvent, withEvent{event, "e"}, func(x withEvent) bool {
		defer event.Clear()
		x.Set()
		return event.IsSet() && x.Name == "e"
	})
	barrier := mp.NewBarrier(2)
	travel(t, shipsBarrier, withBarrier{barrier, 2}, func(x withBarrier) bool {
		go barrier.Wait()
		return x.Wait() == nil && x.Parties == 2
	})
	cond := mp.NewCond(lock)
	travel(t, shipsCond, withCond{cond, "c"}, func(x withCond) bool {
		x.L.Lock()
		go func() {
			lock.Lock()
			cond.Signal()
			lock.Unlock()
		}()
		x.Wait()
		x.L.Unlock()
		return x.Name == "c"
	})
	queue := must(mp.NewQueue[string](1))
	travel(t, shipsQueue, withQueue{queue, "q"}, func(x withQueue) bool {
		check(x.Put(x.Name))
		return must(queue.Get()) == "q"
	})
	a, b, err := mp.Pipe()
	check(err)
	travel(t, shipsConn, withConn{a, "p"}, func(x withConn) bool {
		check(x.Send(x.Name))
		check(x.Close())
		return must(mp.Recv[string](b)) == "p"
	})
	m := manage(t)
	travel(t, shipsManager, withManager{m, "m"}, func(x withManager) bool {
		return must(must(mp.NewList[int](x.Manager)).Len()) == 0 && x.Name == "m"
	})
	list := must(mp.NewList[int](m))
	travel(t, shipsList, withList{list, "l"}, func(x withList) bool {
		check(x.Append(1))
		return must(list.Len()) == must(x.Len()) && x.Name == "l"
	})
	dict := must(mp.NewDict[string, int](m))
	travel(t, shipsDict, withDict{dict, "d"}, func(x withDict) bool {
		n := must(dict.Len())
		check(x.Set(strings.Repeat("k", n), n))
		return must(dict.Len()) == n+1 && x.Name == "d"
	})
}

var tallies = mp.Task("tallies", func(x withValue) (*withTwo, error) {
	l := mp.NewLock()
	l.Lock()
	defer l.Unlock()
	x.Lock()
	defer x.Unlock()
	x.Set(x.Get() + len(x.Tags))
	return &withTwo{l, x.Value, x.Name}, nil
})

// Pools, queues, managers and unknown receivers take them as Start and Send do.
func TestEmbeddedHandlesTravelElsewhere(t *testing.T) {
	value := mp.NewValue(0)
	x := withValue{value, "v", []string{"a", "b"}}
	pool := must(mp.NewPool(2))
	for _, y := range must(tallies.Map(pool, []withValue{x, x, x})) {
		y.Set(y.Get() + 1)
		if y.Name != "v" || !y.Lock.TryLock() {
			t.Errorf("a result: %+v", y)
		}
	}
	check(pool.Close())
	if value.Get() != 3*2+3 {
		t.Errorf("counted to %d", value.Get())
	}
	same := func(where string, y withValue) {
		y.Set(y.Get() + 1)
		if y.Get() != value.Get() || y.Name != "v" || len(y.Tags) != 2 {
			t.Errorf("from a %s: %+v", where, y)
		}
	}
	q := must(mp.NewQueue[*withValue](1))
	check(q.Put(&x))
	same("queue", *must(q.Get()))
	m := manage(t)
	l := must(mp.NewList[withValue](m))
	check(l.Append(x))
	same("list", must(l.Get(0)))
	d := must(mp.NewDict[string, withValue](m))
	check(d.Set("x", x))
	same("dict", must(d.All())["x"])
	a, b, err := mp.Pipe()
	check(err)
	check(a.Send(x))
	same("pipe", must(mp.Recv[any](b)).(withValue))
	p := withConn{a, "p"}
	if err := must(mp.NewQueue[withConn](1)).Put(p); err == nil || err.Error() != "cannot put: a queue cannot keep a Conn" {
		t.Errorf("a queue took an end: %v", err)
	}
	if err := must(mp.NewList[any](m)).Append(p); err == nil || err.Error() != "list.append: a manager cannot keep a Conn" {
		t.Errorf("a list took an end: %v", err)
	}
}

// Structs that embed what knows its own form.
type (
	stamped struct {
		time.Time
		Name string
	}
	amount struct {
		*big.Int
		Unit string
	}
	// sealed has a form of its own, and embeds what has none.
	sealed struct {
		*mp.Value[int]
		seal uint16
	}
	// unsure embeds a form, and has its own, too.
	unsure struct {
		time.Time
		seal uint16
	}
	marked struct {
		*mp.Value[int]
		_  struct{}
		At time.Time
	}
)

func (s sealed) MarshalBinary() ([]byte, error) {
	return binary.BigEndian.AppendUint16(nil, s.seal), nil
}

func (s *sealed) UnmarshalBinary(b []byte) error {
	if len(b) != 2 {
		return errors.New("no seal")
	}
	s.seal = binary.BigEndian.Uint16(b)
	return nil
}

func (u unsure) MarshalBinary() ([]byte, error) {
	return binary.BigEndian.AppendUint16(nil, u.seal), nil
}

// An embedded form carries the field that has it, and not the whole struct.
func TestEmbeddedFormsTravel(t *testing.T) {
	noon := time.Unix(12*60*60, 0).UTC()
	travel(t, shipsStamped, stamped{noon, "s"}, func(x stamped) bool { return x.Equal(noon) && x.Name == "s" })
	travel(t, shipsAmount, amount{big.NewInt(5), "km"}, func(x amount) bool { return x.Int64() == 5 && x.Unit == "km" })
	travel(t, shipsSealed, sealed{nil, 7}, func(x sealed) bool { return x.seal == 7 })
	value := mp.NewValue(0)
	travel(t, shipsMarked, marked{Value: value, At: noon}, func(x marked) bool {
		x.Set(x.Get() + 1)
		return value.Get() == x.Get() && x.At.Equal(noon)
	})
}

//lint:ignore U1000 an unexported field is what the type is for
type hiding struct {
	*mp.Value[int]
	total int
}

type (
	hidingBelow struct {
		*mp.Lock
		Inner hiding
	}
	renamed mp.Array[int]
)

// What would lose a field is an error that names the type and the field.
func TestEmbeddedCannotTravel(t *testing.T) {
	a, b, err := mp.Pipe()
	check(err)
	defer b.Close()
	value, lock := mp.NewValue(0), mp.NewLock()
	for _, test := range []struct {
		x    any
		want string
	}{
		{hiding{Value: value}, "mp_test.hiding cannot travel: its field total is unexported; only fields whose names begin with a capital letter travel"},
		{&hiding{Value: value}, "its field total is unexported"},
		{hidingBelow{Lock: lock}, "mp_test.hidingBelow.Inner: mp_test.hiding cannot travel: its field total is unexported"},
		{unsure{seal: 1}, "mp_test.unsure cannot travel: its field seal is unexported"},
		{struct{ *mp.Process }{mp.Current()}, "struct { *mp.Process }.Process: a *mp.Process cannot travel: only the process that started it can join it"},
		{struct{ sync.Mutex }{}, "struct { sync.Mutex }.Mutex: a sync.Mutex cannot travel: the copy in another process would be another one; use what mp has"},
		{struct{ *mp.Pool }{}, "a mp.Pool cannot travel: it is of use only in the process that made it"},
		{reflect.ValueOf(&struct{ mp.Conn }{}).Elem().Interface(), "struct { mp.Conn }.Conn: a mp.Conn travels as a pointer: *mp.Conn"},
		{withValue{&mp.Value[int]{}, "v", nil}, "mp_test.withValue.Value: mp: a shared object is made by its New function, not as a zero value"},
		{&inside{}, "mp_test.inside.Value: mp: a shared object is made by its New function"},
		{withList{&mp.List[int]{}, "l"}, "mp_test.withList.List: a List or Dict that no constructor made cannot travel"},
		{struct{ Inner withTwo }{withTwo{lock, new(mp.Value[int]), ""}}, "{ Inner mp_test.withTwo }.Inner: mp_test.withTwo.Value: mp: a shared object"},
		{(*renamed)(mp.NewArray[int](3)), "mp_test.renamed cannot travel: it is defined as a type of mp's; a struct that embeds a pointer to that type can"},
	} {
		if err := a.Send(test.x); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%T: got %v, want %s", test.x, err, test.want)
		}
	}
	if must(b.Poll(0)) {
		t.Error("something was sent")
	}
}

// Handles that are nil arrive so.
func TestEmbeddedNilTravels(t *testing.T) {
	travel(t, shipsAlone, alone{}, func(x alone) bool { return x.Value == nil })
	travel(t, shipsThrough, throughPointer{Name: "v"}, func(x throughPointer) bool { return x.counter == nil && x.Name == "v" })
	travel(t, shipsTwo, withTwo{Name: "v"}, func(x withTwo) bool { return x.Lock == nil && x.Value == nil && x.Name == "v" })
}
