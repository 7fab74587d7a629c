package mp_test

import (
	"errors"
	"math"
	"strings"
	"sync"
	"testing"
	"time"

	"lockstep/mp"
)

func numbers[T mp.Number](t *testing.T, xs ...T) {
	v, a := mp.NewValue(xs[0]), mp.NewArray[T](2)
	if v.Get() != xs[0] || a.Get(1) != 0 {
		t.Errorf("new: %v, %v", v.Get(), a.Get(1))
	}
	for _, x := range xs {
		v.Set(x)
		a.Set(1, x)
		if v.Get() != x || a.Get(1) != x || a.Get(0) != 0 {
			t.Errorf("set to %v: %v, %v, %v", x, v.Get(), a.Get(1), a.Get(0))
		}
	}
}

func TestNumbers(t *testing.T) {
	numbers(t, 1, 0, math.MaxInt, math.MinInt)
	numbers[int8](t, 1, -128, 127)
	numbers[int16](t, 1, -1)
	numbers[int32](t, 1, -1)
	numbers[int64](t, 1, -1)
	numbers[uint](t, 1, math.MaxUint)
	numbers[uint8](t, 1, 255)
	numbers[uint16](t, 1, 65535)
	numbers[uint32](t, 1, math.MaxUint32)
	numbers[uint64](t, 1, math.MaxUint64)
	numbers[uintptr](t, 1, 2)
	numbers[float32](t, 1.5, -math.MaxFloat32)
	numbers(t, 1.5, math.Inf(1), -0.25)
	numbers[celsius](t, 36.6, 37)
}

var (
	adds = mp.Func2("adds", func(v *mp.Value[int], times int) error {
		for range times {
			v.Lock()
			v.Set(v.Get() + 1)
			v.Unlock()
		}
		return nil
	})
	fills = mp.Func3("fills", func(a *mp.Array[float64], from, step int) error {
		for i := from; i < a.Len(); i += step {
			a.Set(i, float64(i)/2)
		}
		return nil
	})
	addsAll = mp.Func3("addsAll", func(a *mp.Array[int], l *mp.Lock, times int) error {
		for range times {
			l.Lock()
			for i := range a.Len() {
				a.Lock()
				a.Set(i, a.Get(i)+1)
				a.Unlock()
			}
			l.Unlock()
		}
		return nil
	})
)

func TestValueBetweenProcesses(t *testing.T) {
	v := mp.NewValue(0)
	join(t, several(3, func(int) (*mp.Process, error) { return adds.Start(v, 2000) })...)
	if v.Get() != 6000 {
		t.Errorf("counted to %d", v.Get())
	}
}

func TestArrayBetweenProcesses(t *testing.T) {
	a := mp.NewArray[float64](1001)
	join(t, several(3, func(i int) (*mp.Process, error) { return fills.Start(a, i, 3) })...)
	for i := range a.Len() {
		if a.Get(i) != float64(i)/2 {
			t.Fatalf("element %d is %v", i, a.Get(i))
		}
	}
	b, l := mp.NewArray[int](10), mp.NewLock()
	join(t, several(3, func(int) (*mp.Process, error) { return addsAll.Start(b, l, 100) })...)
	for i := range b.Len() {
		if b.Get(i) != 300 {
			t.Errorf("element %d is %d", i, b.Get(i))
		}
	}
	if empty := mp.NewArray[int](0); empty.Len() != 0 {
		t.Errorf("an empty array has %d elements", empty.Len())
	}
}

func TestLock(t *testing.T) {
	var l sync.Locker = mp.NewLock()
	l.Lock()
	if l.(*mp.Lock).TryLock() {
		t.Error("took a lock that is held")
	}
	l.Unlock()
	if !l.(*mp.Lock).TryLock() {
		t.Error("could not take a free lock")
	}
	l.Unlock()
	n := 0
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for range 500 {
				l.Lock()
				n++
				l.Unlock()
			}
		})
	}
	group.Wait()
	if n != 2000 {
		t.Errorf("counted to %d", n)
	}
}

var (
	dies = mp.Func2("dies", func(l *mp.Lock, e *mp.Event) error {
		l.Lock()
		e.Set()
		time.Sleep(time.Hour)
		return nil
	})
	tries = mp.Func2("tries", func(l *mp.Lock, c *mp.Conn) error {
		return c.Send(l.TryLock())
	})
	unlocks = mp.Func("unlocks", func(l *mp.Lock) error { l.Unlock(); return nil })
)

func TestOwnerDies(t *testing.T) {
	l, e := mp.NewLock(), mp.NewEvent()
	owner := must(dies.Start(l, e))
	e.Wait()
	a, b, err := mp.Pipe()
	check(err)
	p := must(tries.Start(l, b))
	if must(mp.Recv[bool](a)) {
		t.Error("took a lock that is held")
	}
	join(t, p)
	check(owner.Kill()) // and not joined: it becomes a zombie
	if err := l.LockErr(); err != mp.ErrOwnerDied {
		t.Errorf("LockErr: %v", err)
	}
	l.Unlock()
	if err := l.LockErr(); err != nil {
		t.Errorf("LockErr: %v", err)
	}
	l.Unlock()
	owner.Join()
}

func TestUnlockOfAnother(t *testing.T) {
	l := mp.NewLock()
	panics(t, "does not hold", l.Unlock)
	l.Lock()
	defer l.Unlock()
	var e *mp.ExitError
	if err := must(unlocks.Start(l)).Join(); !errors.As(err, &e) || !strings.Contains(e.Line, "unlock of a lock that this process does not hold") {
		t.Errorf("a child unlocked its parent's lock: %v", err)
	}
}

// panics reports that f does not panic with a text that contains want.
func panics(t *testing.T, want string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		got := recover()
		err, ok := got.(error)
		if !ok || !strings.Contains(err.Error(), want) {
			t.Errorf("panics with %v, not with %q", got, want)
		}
	}()
	f()
}

func TestArena(t *testing.T) {
	for _, test := range []struct {
		what string
		err  error
		use  func()
		want error
	}{
		{"a huge array", mp.NewArray[int](1 << 28).Err(), func() { mp.NewArray[int](1 << 28).Get(0) }, mp.ErrArenaFull},
		{"an absurd array", mp.NewArray[int](math.MaxInt).Err(), func() { mp.NewArray[int](math.MaxInt).Lock() }, mp.ErrArenaFull},
		{"a negative array", mp.NewArray[int](-1).Err(), func() { mp.NewArray[int](-1).Set(0, 0) }, nil},
		{"a barrier for nobody", mp.NewBarrier(0).Err(), func() { mp.NewBarrier(0).Wait() }, nil},
	} {
		if test.err == nil || test.want != nil && !errors.Is(test.err, test.want) {
			t.Errorf("%s: %v", test.what, test.err)
		}
		panics(t, "cannot make ", test.use)
	}
	a := mp.NewArray[int](1 << 28)
	if _, err := takesAny.Start(a); !errors.Is(err, mp.ErrArenaFull) {
		t.Errorf("started with %v", err)
	}
	if _, err := mp.NewQueue[int](0); err == nil {
		t.Error("a queue for nothing")
	}
	for _, f := range []func(){
		func() { new(mp.Lock).Lock() }, func() { new(mp.Lock).Unlock() }, func() { new(mp.Lock).TryLock() },
		func() { new(mp.Value[int]).Get() }, func() { new(mp.Value[int]).Set(1) }, func() { new(mp.Array[int]).Get(0) },
		func() { new(mp.Semaphore).Acquire() }, func() { new(mp.Event).Set() }, func() { new(mp.Barrier).Wait() },
		func() { new(mp.Cond).Signal() }, func() { new(mp.Queue[int]).Len() },
	} {
		panics(t, "not as a zero value", f)
	}
	a = mp.NewArray[int](3)
	for _, i := range []int{-1, 3} {
		panics(t, "index out of range", func() { a.Get(i) })
		panics(t, "index out of range", func() { a.Set(i, 0) })
	}
}

// The memory is full at some time, and what was made before goes on working.
func TestFullArena(t *testing.T) {
	if code, stdout, stderr := play(t, "full"); code != 0 || stdout != "the shared memory is full, 1\n" || stderr != "" {
		t.Errorf("code %d, %q, %s", code, stdout, stderr)
	}
}

func TestSemaphore(t *testing.T) {
	s := mp.NewSemaphore(2)
	s.Acquire()
	if !s.TryAcquire() || s.TryAcquire() || s.AcquireTimeout(time.Millisecond) {
		t.Error("two permits are not two")
	}
	s.Release()
	if !s.AcquireTimeout(long) {
		t.Error("no permit after a release")
	}
	if none := mp.NewSemaphore(-1); none.TryAcquire() {
		t.Error("a permit of none")
	}
	s, inside, most := mp.NewSemaphore(2), mp.NewValue(0), mp.NewValue(0)
	join(t, several(4, func(int) (*mp.Process, error) { return enters.Start(s, inside, most, 50) })...)
	if inside.Get() != 0 || most.Get() < 1 || most.Get() > 2 {
		t.Errorf("%d are inside, at most %d were", inside.Get(), most.Get())
	}
}

var enters = mp.Func4("enters", func(s *mp.Semaphore, inside, most *mp.Value[int], times int) error {
	add := func(n int) int {
		inside.Lock()
		defer inside.Unlock()
		inside.Set(inside.Get() + n)
		return inside.Get()
	}
	for range times {
		s.Acquire()
		n := add(1)
		most.Lock()
		most.Set(max(most.Get(), n))
		most.Unlock()
		add(-1)
		s.Release()
	}
	return nil
})

func TestEvent(t *testing.T) {
	e := mp.NewEvent()
	if e.IsSet() || e.WaitTimeout(0) || e.WaitTimeout(time.Millisecond) {
		t.Error("a new event is set")
	}
	ps := several(3, func(int) (*mp.Process, error) { return waits.Start(e) })
	e.Set()
	join(t, ps...)
	e.Set()
	e.Wait()
	if !e.IsSet() || !e.WaitTimeout(0) {
		t.Error("not set")
	}
	e.Clear()
	if e.IsSet() {
		t.Error("set after Clear")
	}
}

func TestBarrier(t *testing.T) {
	b, v := mp.NewBarrier(4), mp.NewValue(0)
	join(t, several(4, func(int) (*mp.Process, error) { return meets.Start(b, v, 50) })...)
	b = mp.NewBarrier(2)
	other := make(chan error)
	go func() { other <- b.Wait() }()
	if err := b.WaitTimeout(long); err != nil {
		t.Error(err)
	}
	if err := <-other; err != nil {
		t.Error(err)
	}
	b = mp.NewBarrier(3)
	go func() { other <- b.Wait() }()
	if err := b.WaitTimeout(time.Millisecond); err != mp.ErrBroken {
		t.Errorf("WaitTimeout: %v", err)
	}
	if err := <-other; err != mp.ErrBroken {
		t.Errorf("Wait: %v", err)
	}
	if err := b.Wait(); err != mp.ErrBroken {
		t.Errorf("Wait at a broken barrier: %v", err)
	}
}

var meets = mp.Func3("meets", func(b *mp.Barrier, v *mp.Value[int], times int) error {
	for i := range times {
		v.Lock()
		v.Set(v.Get() + 1)
		v.Unlock()
		if err := b.Wait(); err != nil {
			return err
		}
		if v.Get() != 4*(i+1) {
			return errors.New("somebody went on early")
		}
		if err := b.Wait(); err != nil {
			return err
		}
	}
	return nil
})

func TestCond(t *testing.T) {
	c, stock := mp.NewCond(mp.NewLock()), mp.NewValue(0)
	const each = 50
	takers := several(3, func(int) (*mp.Process, error) { return takes.Start(c, stock, each) })
	for i := range 3 * each {
		c.L.Lock()
		stock.Set(stock.Get() + 1)
		if i%2 == 0 {
			c.Signal()
			c.L.Unlock()
		} else {
			c.L.Unlock()
			c.Broadcast()
		}
	}
	join(t, takers...)
	if stock.Get() != 0 {
		t.Errorf("%d are left", stock.Get())
	}
	c.L.Lock()
	if c.WaitTimeout(time.Millisecond) {
		t.Error("signalled by nobody")
	}
	c.L.Unlock()
	panics(t, "does not hold", c.Wait)
}

var takes = mp.Func3("takes", func(c *mp.Cond, stock *mp.Value[int], times int) error {
	for range times {
		c.L.Lock()
		for stock.Get() == 0 {
			c.Wait()
		}
		stock.Set(stock.Get() - 1)
		c.L.Unlock()
	}
	return nil
})
