package mp_test

import (
	"testing"

	"lockstep/mp"
)

func TestRWLock(t *testing.T) {
	l := mp.NewRWLock()
	l.RLock()
	if !l.TryRLock() || l.TryLock() {
		t.Error("readers don't share, or a writer comes in")
	}
	l.RUnlock()
	l.RUnlock()
	if !l.TryLock() || l.TryLock() || l.TryRLock() {
		t.Error("a writer is not alone")
	}
	l.Unlock()
	panics(t, "does not hold", l.Unlock)
	panics(t, "does not hold", l.RUnlock)
	panics(t, "not as a zero value", func() { new(mp.RWLock).RLock() })
}

// Writers exclude everybody, and readers see no half-made change.
func TestRWLockBetweenProcesses(t *testing.T) {
	l, a, b := mp.NewRWLock(), mp.NewValue(0), mp.NewValue(0)
	writers := several(2, func(int) (*mp.Process, error) { return writesBoth.Start(l, a, b, 200) })
	readers := several(3, func(int) (*mp.Process, error) { return readsBoth.Start(l, a, b, 200) })
	join(t, append(writers, readers...)...)
	if a.Get() != 400 || b.Get() != 400 {
		t.Errorf("%d and %d of 400 changes are there", a.Get(), b.Get())
	}
}

// What a dead process held is free for those who wait.
func TestRWLockOfTheDead(t *testing.T) {
	for _, alone := range []bool{true, false} {
		l := mp.NewRWLock()
		p, err := diesWithLock.Start(l, alone)
		if err != nil {
			t.Fatal(err)
		}
		if p.Join() == nil {
			t.Fatal("it did not die")
		}
		l.Lock()
		if l.TryRLock() {
			t.Error("a writer is not alone")
		}
		l.Unlock()
	}
}

var writesBoth = mp.Func4("writesBoth", func(l *mp.RWLock, a, b *mp.Value[int], times int) error {
	for range times {
		l.Lock()
		a.Set(a.Get() + 1)
		b.Set(b.Get() + 1)
		l.Unlock()
	}
	return nil
})

var readsBoth = mp.Func4("readsBoth", func(l *mp.RWLock, a, b *mp.Value[int], times int) error {
	for range times {
		l.RLock()
		if a.Get() != b.Get() {
			panic("a half-made change is seen")
		}
		l.RUnlock()
	}
	return nil
})

var diesWithLock = mp.Func2("diesWithLock", func(l *mp.RWLock, alone bool) error {
	if alone {
		l.Lock()
	} else {
		l.RLock()
	}
	panic("dies")
})
