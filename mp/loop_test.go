package mp_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"lockstep/mp"
)

func TestMapOrdered(t *testing.T) {
	pool := pooled(t, 3)
	for _, size := range []int{0, 1, 3, 3000} {
		n := 0
		for x, err := range square.MapOrdered(pool, upTo(size)) {
			if check(err); x != n*n {
				t.Fatalf("the square of %d is %d", n, x)
			}
			n++
		}
		if n != size {
			t.Errorf("%d of %d results", n, size)
		}
	}
	n := 0
	for x := range square.MapOrdered(pool, upTo(1000)) {
		if n++; n == 10 {
			if x != 81 {
				t.Errorf("the tenth square is %d", x)
			}
			break
		}
	}
	if got := must(square.Map(pool, upTo(10))); got[9] != 81 {
		t.Errorf("after a loop that ended early: %v", got)
	}
}

// A result is given as soon as those before it are there, and no sooner.
func TestMapOrderedIsLazy(t *testing.T) {
	gate, came := mp.NewEvent(), mp.NewEvent()
	n := 0
	for x, err := range totals.MapOrdered(pooled(t, 2), []gated{{N: []int{0}}, {gate, came, []int{1}}, {N: []int{2}}, {N: []int{3}}}) {
		if check(err); x != n {
			t.Errorf("result %d is %d", n, x)
		}
		if n == 0 { // the second call can't have returned
			came.Wait()
			gate.Set()
		}
		n++
	}
	if n != 4 {
		t.Errorf("%d of 4 results", n)
	}
}

// Within a loop, the pool's only worker is free for others.
func TestMapOrderedBesideOthers(t *testing.T) {
	pool := pooled(t, 1)
	n := 0
	for x, err := range square.MapOrdered(pool, upTo(100)) {
		if check(err); x != n*n {
			t.Fatalf("the square of %d is %d", n, x)
		}
		if y := must(square.Go(pool, n).Get()); y != x {
			t.Errorf("the square of %d is %d", n, y)
		}
		if _, m, err := last(square.MapOrdered(pool, upTo(5))); m != 5 || err != nil {
			t.Errorf("a loop within has %d results: %v", m, err)
		}
		n++
	}
}

// Every failed call has its error in its place; so has an argument that can't be sent.
func TestMapOrderedFails(t *testing.T) {
	failed := 0
	n := 0
	for x, err := range picky.MapOrdered(pooled(t, 2), upTo(10)) {
		var task *mp.TaskError
		switch {
		case err == nil && x != n:
			t.Errorf("result %d is %d", n, x)
		case err != nil && (!errors.As(err, &task) || task.Index != n || x != 0):
			t.Errorf("result %d is %d, %v", n, x, err)
		case err != nil:
			failed++
		case n == 3 || n == 5 || n == 7 || n == 8:
			t.Errorf("call %d does not fail", n)
		}
		n++
	}
	if n != 10 || failed < 4 {
		t.Errorf("%d of %d calls failed", failed, n)
	}
	n = 0
	for x, err := range passes.MapOrdered(pooled(t, 1), []any{1, func() {}, 3}) {
		if n == 0 && (err != nil || x != 1) || n == 1 && (err == nil || !strings.Contains(err.Error(), "argument 1: a func() cannot travel")) || n > 1 {
			t.Errorf("result %d is %v, %v", n, x, err)
		}
		n++
	}
	closed := must(mp.NewPool(1))
	check(closed.Close())
	if _, n, err := last(square.MapOrdered(closed, upTo(3))); n != 1 || !errors.Is(err, os.ErrClosed) {
		t.Errorf("%d results of a closed pool: %v", n, err)
	}
	if _, n, err := last(square.MapOrdered(nil, upTo(3))); n != 1 || err == nil {
		t.Errorf("%d results of no pool: %v", n, err)
	}
}
