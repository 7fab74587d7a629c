package mp_test

import (
	"errors"
	"testing"
	"time"

	"lockstep/mp"
)

// What every lock has, be it a value's or an array's.
type timedLocker interface {
	Lock()
	TryLock() bool
	LockTimeout(time.Duration) (bool, error)
	Unlock()
}

func TestLockTimeout(t *testing.T) {
	for _, l := range []timedLocker{mp.NewLock(), mp.NewValue(0), mp.NewArray[int](2)} {
		for _, d := range []time.Duration{-time.Second, 0, time.Millisecond} {
			if ok, err := l.LockTimeout(d); !ok || err != nil {
				t.Errorf("%T: a free lock within %v: %v, %v", l, d, ok, err)
			}
			if ok, err := l.LockTimeout(d); ok || err != nil {
				t.Errorf("%T: a lock that is held within %v: %v, %v", l, d, ok, err)
			}
			l.Unlock()
		}
		l.Lock()
		gave := make(chan bool)
		go func() {
			ok, err := l.LockTimeout(time.Hour)
			gave <- ok && err == nil
		}()
		l.Unlock()
		if !<-gave || l.TryLock() {
			t.Errorf("%T: who waits does not get it", l)
		}
		l.Unlock()
	}
	panics(t, "not as a zero value", func() { new(mp.Lock).LockTimeout(0) })
}

// A dead owner's lock is taken, however short the limit, and whoever takes it is told.
func TestLockTimeoutOfTheDead(t *testing.T) {
	for _, d := range []time.Duration{0, time.Millisecond, time.Hour} {
		l, held := mp.NewLock(), mp.NewEvent()
		p := must(dies.Start(l, held))
		held.Wait()
		if ok, err := l.LockTimeout(0); ok || err != nil {
			t.Errorf("its owner lives: %v, %v", ok, err)
		}
		check(p.Kill())
		p.Join()
		if ok, err := l.LockTimeout(d); !ok || !errors.Is(err, mp.ErrOwnerDied) {
			t.Errorf("within %v: %v, %v", d, ok, err)
		}
		l.Unlock()
		if ok, err := l.LockTimeout(d); !ok || err != nil {
			t.Errorf("later, within %v: %v, %v", d, ok, err)
		}
	}
}

// Those who give up leave nobody else waiting.
func TestLockTimeoutUnderLoad(t *testing.T) {
	l, v := mp.NewLock(), mp.NewValue(0)
	join(t, several(3, func(i int) (*mp.Process, error) { return addsInTime.Start(l, v, 500, i%2 == 0) })...)
	if v.Get() != 1500 {
		t.Errorf("counted to %d", v.Get())
	}
}

var addsInTime = mp.Func4("addsInTime", func(l *mp.Lock, v *mp.Value[int], times int, hasty bool) error {
	limit := time.Hour
	if hasty {
		limit = 10 * time.Microsecond
	}
	for n := 0; n < times; {
		ok, err := l.LockTimeout(limit)
		if err != nil {
			return err
		}
		if ok {
			v.Set(v.Get() + 1)
			l.Unlock()
			n++
		}
	}
	return nil
})
