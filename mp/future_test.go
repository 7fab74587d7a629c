package mp_test

import (
	"errors"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"lockstep/mp"
)

type (
	gated struct {
		Gate, Came *mp.Event
		N          []int
	}
	stay struct {
		Came *mp.Event
		Lock *mp.Lock
	}
)

var (
	totals = mp.Task("totals", func(g gated) (sum int, err error) {
		if g.Gate != nil {
			g.Came.Set()
			g.Gate.Wait()
		}
		for _, n := range g.N {
			sum += n
		}
		return sum, nil
	})
	answers = mp.Task("answers", func(c *mp.Conn) (int, error) { return 0, c.Send("here") })
	stays   = mp.Task("stays", func(s stay) (int, error) {
		s.Came.Set()
		s.Lock.LockErr() // until its owner is gone
		return 1, nil
	})
)

func TestGo(t *testing.T) {
	pool := pooled(t, 2)
	var fs []*mp.Future[int]
	for i := range 300 {
		fs = append(fs, square.Go(pool, i))
	}
	for i, f := range slices.Backward(fs) {
		if x := must(f.Get()); x != i*i {
			t.Errorf("the square of %d is %d", i, x)
		}
	}
	if x := must(fs[7].Get()); x != 49 {
		t.Errorf("asked again: %d", x)
	}
	near, far, err := mp.Pipe()
	check(err)
	f := answers.Go(pool, far)
	check(far.Close()) // its copy is the worker's
	if s := must(mp.Recv[string](near)); s != "here" {
		t.Errorf("received %q", s)
	}
	must(f.Get())
}

// What is pending is kept without goroutines, as it was when it was given, and called
// even where the pool is closed meanwhile.
func TestGoPending(t *testing.T) {
	before := runtime.NumGoroutine()
	pool := must(mp.NewPool(2))
	gate, came := mp.NewEvent(), mp.NewEvent()
	first, second := totals.Go(pool, gated{gate, came, []int{1}}), totals.Go(pool, gated{gate, came, []int{2}})
	came.Wait()
	xs := []int{1, 2, 3}
	var fs []*mp.Future[int]
	for range 1000 {
		fs = append(fs, totals.Go(pool, gated{N: xs}))
		xs[0]++
	}
	if n := runtime.NumGoroutine() - before; n > 50 {
		t.Errorf("%d goroutines for 1002 calls", n)
	}
	for _, d := range []time.Duration{-1, 0, time.Millisecond} {
		if x, ok, err := first.GetTimeout(d); x != 0 || ok || err != nil {
			t.Errorf("the result of a call under way: %d, %v, %v", x, ok, err)
		}
	}
	closed := make(chan error)
	go func() { closed <- pool.Close() }()
	for { // until it has come to that
		_, ok, err := square.Go(pool, 1).GetTimeout(0)
		if ok && errors.Is(err, os.ErrClosed) {
			break
		}
		time.Sleep(time.Millisecond)
	}
	select {
	case <-closed:
		t.Error("the pool is closed, and two calls are under way")
	default:
	}
	gate.Set()
	check(<-closed)
	for i, f := range fs {
		if x, ok, err := f.GetTimeout(0); x != 6+i || !ok || err != nil {
			t.Fatalf("call %d: %d, %v, %v", i, x, ok, err)
		}
	}
	if x, ok, err := second.GetTimeout(long); x != 2 || !ok || err != nil {
		t.Errorf("GetTimeout: %d, %v, %v", x, ok, err)
	}
	for end := time.Now().Add(long); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d goroutines are left", runtime.NumGoroutine()-before)
		}
	}
}

// A call that fails, or kills its worker, fails alone.
func TestGoFails(t *testing.T) {
	pool := pooled(t, 1)
	var fs []*mp.Future[int]
	for _, n := range []int{3, 1, 5, 7, 8, 2} {
		fs = append(fs, picky.Go(pool, n))
	}
	for i, want := range []string{"no threes", "", "panic: no fives", "9", "killed", ""} {
		x, err := fs[i].Get()
		var task *mp.TaskError
		switch {
		case want == "" && (err != nil || x != 1+i/5):
			t.Errorf("call %d: %d, %v", i, x, err)
		case want != "" && (!errors.As(err, &task) || task.Task != "picky" || task.Index != i || !strings.Contains(err.Error(), want)):
			t.Errorf("call %d: %v", i, err)
		}
	}
	var exit *mp.ExitError
	if _, err := fs[4].Get(); !errors.As(err, &exit) || exit.Signal != syscall.SIGKILL {
		t.Errorf("of a worker that was killed: %v", err)
	}
}

func TestGoErrors(t *testing.T) {
	pool := must(mp.NewPool(1))
	refused := passes.Go(pool, func() {})
	check(pool.Close())
	for what, test := range map[string]struct {
		get  func() (int, error)
		want string
	}{
		"closed":    {square.Go(pool, 1).Get, "cannot call square: the pool: file already closed"},
		"no pool":   {square.Go(nil, 1).Get, "cannot call square: a Pool is made by NewPool"},
		"zero pool": {square.Go(&mp.Pool{}, 1).Get, "cannot call square: a Pool is made by NewPool"},
		"zero":      {new(mp.Future[int]).Get, "a Future is made by Go"},
		"argument":  {func() (int, error) { _, err := refused.Get(); return 0, err }, "cannot call passes: a func() cannot travel"},
	} {
		if _, err := test.get(); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// Within a loop over results, the pool's only worker is free for others, and the pool can
// be closed.
func TestGoWithinLoop(t *testing.T) {
	pool := must(mp.NewPool(1))
	n := 0
	for x, err := range square.MapUnordered(pool, upTo(1000)) {
		check(err)
		if n++; n > 20 {
			if n == 21 {
				check(pool.Close())
			}
			continue
		}
		if y := must(square.Go(pool, x).Get()); y != x*x {
			t.Errorf("the square of %d is %d", x, y)
		}
		if ys := must(square.Map(pool, []int{x, 2})); ys[0] != x*x || ys[1] != 4 {
			t.Errorf("the squares of %d and 2 are %v", x, ys)
		}
	}
	if n != 1000 {
		t.Errorf("%d of 1000 results", n)
	}
}

func init() {
	scenes["pending"] = func() {
		mp.Main(func() error {
			pool, err := mp.NewPool(2)
			if err != nil {
				return err
			}
			s := stay{mp.NewEvent(), mp.NewLock()}
			s.Lock.Lock()
			for range 3 {
				stays.Go(pool, s)
			}
			s.Came.Wait()
			return nil
		})
	}
}

// A program that ends with calls pending leaves no worker behind, and no word.
func TestGoNobodyGets(t *testing.T) {
	if code, stdout, stderr := play(t, "pending"); code != 0 || stdout != "" || stderr != "" {
		t.Errorf("code %d, stdout %q, stderr %q", code, stdout, stderr)
	}
}
