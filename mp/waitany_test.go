package mp_test

import (
	"errors"
	"slices"
	"testing"

	"lockstep/mp"
)

func TestWaitAny(t *testing.T) {
	var goes []*mp.Event
	ps := several(3, func(int) (*mp.Process, error) {
		goes = append(goes, mp.NewEvent())
		return waits.Start(goes[len(goes)-1])
	})
	goes[1].Set()
	if i, err := mp.WaitAny(ps...); i != 1 || err != nil {
		t.Errorf("the second of three: %d, %v", i, err)
	}
	if code, exited := ps[1].ExitCode(); !exited || code != 0 {
		t.Error("it is not joined")
	}
	if i, err := mp.WaitAny(ps...); i != 1 || err != nil {
		t.Errorf("one that was joined before: %d, %v", i, err)
	}
	// One who waits while they die.
	rest := []*mp.Process{ps[2], ps[0]}
	type answer struct {
		i   int
		err error
	}
	answers := make(chan answer)
	go func() {
		i, err := mp.WaitAny(rest...)
		answers <- answer{i, err}
	}()
	check(ps[0].Kill())
	var exit *mp.ExitError
	if got := <-answers; got.i != 1 || !errors.As(got.err, &exit) || exit.PID != ps[0].PID() {
		t.Errorf("the one that was killed: %+v", got)
	}
	goes[2].Set()
	join(t, ps[2])
	if i, err := mp.WaitAny(); i != -1 || err == nil {
		t.Errorf("none at all: %d, %v", i, err)
	}
	if i, err := mp.WaitAny(ps[0], mp.Current()); i != -1 || err == nil {
		t.Errorf("this process itself: %d, %v", i, err)
	}
}

// Many end at once, and each is told of once.
func TestWaitAnyOfMany(t *testing.T) {
	start := mp.NewEvent()
	ps := several(20, func(int) (*mp.Process, error) { return waits.Start(start) })
	start.Set()
	for len(ps) > 0 {
		i, err := mp.WaitAny(ps...)
		if err != nil || ps[i].Alive() {
			t.Fatalf("%s: %v", ps[i].Name(), err)
		}
		ps = slices.Delete(ps, i, i+1)
	}
}
