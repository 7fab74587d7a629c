package mp_test

import (
	"errors"
	"iter"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"lockstep/mp"
)

// keeps takes the lock, says so, and keeps it until it is killed.
var keeps = mp.Task("keeps", func(s stay) (int, error) {
	s.Lock.Lock()
	s.Came.Set()
	time.Sleep(time.Hour)
	return 0, nil
})

// last is the last result of a loop, and its error; n is how many there were.
func last(results iter.Seq2[int, error]) (x, n int, err error) {
	for x, err = range results {
		n++
	}
	return x, n, err
}

// Whatever waits for a pool that is terminated wakes up and is told; what has come is kept.
func TestTerminate(t *testing.T) {
	before := runtime.NumGoroutine()
	pool := must(mp.NewPool(4))
	never := mp.NewEvent()
	came := []*mp.Event{mp.NewEvent(), mp.NewEvent(), mp.NewEvent(), mp.NewEvent()}
	stuck := func(i int) gated { return gated{never, came[i], nil} }
	there := totals.Go(pool, gated{N: []int{1, 2}})
	must(there.Get())

	ended := make(chan error, 4)
	go func() {
		xs, err := totals.MapChunks(pool, []gated{{N: []int{7}}, stuck(0), {}}, 1)
		if len(xs) != 3 || xs[0] != 7 && xs[0] != 0 {
			t.Errorf("a map has %v", xs)
		}
		ended <- err
	}()
	came[0].Wait()
	for i, each := range []func(*mp.Pool, []gated) iter.Seq2[int, error]{totals.MapOrdered, totals.MapUnordered} {
		go func() {
			_, n, err := last(each(pool, []gated{{N: []int{7}}, stuck(i + 1), {}}))
			if n < 1 || n > 3 {
				t.Errorf("a loop has %d results", n)
			}
			ended <- err
		}()
		came[i+1].Wait()
	}
	fs := []*mp.Future[int]{totals.Go(pool, stuck(3))}
	came[3].Wait()
	for range 200 {
		fs = append(fs, totals.Go(pool, gated{}))
	}
	go func() { ended <- pool.Close() }()
	for { // until it has come to that
		if _, _, err := square.Go(pool, 1).GetTimeout(0); errors.Is(err, os.ErrClosed) {
			break
		}
		time.Sleep(time.Millisecond)
	}

	check(pool.Terminate())
	for i, f := range fs {
		if _, ok, err := f.GetTimeout(0); !ok || !errors.Is(err, mp.ErrPoolTerminated) {
			t.Fatalf("call %d: %v, %v", i, ok, err)
		}
	}
	for range cap(ended) {
		if err := <-ended; !errors.Is(err, mp.ErrPoolTerminated) {
			t.Errorf("something that waited ends with %v", err)
		}
	}
	if x := must(there.Get()); x != 3 {
		t.Errorf("a result that had come is %d", x)
	}
	for end := time.Now().Add(long); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d goroutines are left", runtime.NumGoroutine()-before)
		}
	}
}

// A terminated pool refuses everything, and can be ended again.
func TestTerminated(t *testing.T) {
	pool := must(mp.NewPool(2))
	check(pool.Terminate())
	_, fromMap := square.Map(pool, upTo(3))
	_, fromGo := square.Go(pool, 3).Get()
	_, n, fromLoop := last(square.MapOrdered(pool, upTo(3)))
	for _, err := range []error{fromMap, fromGo, fromLoop} {
		if !errors.Is(err, mp.ErrPoolTerminated) || !strings.HasSuffix(err.Error(), "square: the pool has been terminated") {
			t.Errorf("asked for more, it says %v", err)
		}
	}
	if n != 1 {
		t.Errorf("a loop has %d results", n)
	}
	for range 2 {
		if err := errors.Join(pool.Close(), pool.Terminate()); err != nil {
			t.Errorf("ended again: %v", err)
		}
	}
	closed := must(mp.NewPool(1))
	check(closed.Close())
	if err := errors.Join(closed.Terminate(), closed.Close()); err != nil {
		t.Errorf("closed, and then terminated: %v", err)
	}
	for _, none := range []*mp.Pool{nil, {}} {
		for _, err := range []error{none.Terminate(), none.Close()} {
			if err == nil || !strings.Contains(err.Error(), "a Pool is made by NewPool") {
				t.Errorf("without a pool: %v", err)
			}
		}
	}
}

// A loop that terminates its pool gets what has come, in order each in its place, and the
// error last.
func TestTerminateWithinLoop(t *testing.T) {
	for i := range 20 {
		pool := must(mp.NewPool(3))
		each := square.MapOrdered
		if i%2 == 0 {
			each = square.MapUnordered
		}
		n := 0
		var over error
		for x, err := range each(pool, upTo(100_000)) {
			switch {
			case over != nil:
				t.Fatalf("after the error comes %d, %v", x, err)
			case err != nil:
				over = err
			case i%2 != 0 && x != n*n:
				t.Fatalf("the square of %d is %d", n, x)
			}
			if n++; n == 10 {
				check(pool.Terminate())
			}
		}
		if !errors.Is(over, mp.ErrPoolTerminated) {
			t.Fatalf("after %d results: %v", n, over)
		}
	}
}

// Workers are ended wherever they are: on their way, as nobody comes up, or with a lock.
func TestTerminateAnywhere(t *testing.T) {
	for range 20 {
		check(must(mp.NewPool(8)).Terminate())
	}
	pool := must(fails.NewPool(3))
	check(pool.Terminate())

	s := stay{mp.NewEvent(), mp.NewLock()}
	pool = must(mp.NewPool(1))
	f := keeps.Go(pool, s)
	s.Came.Wait()
	check(pool.Terminate())
	if err := s.Lock.LockErr(); err != mp.ErrOwnerDied {
		t.Errorf("the lock of a worker: %v", err)
	}
	s.Lock.Unlock()
	if _, err := f.Get(); !errors.Is(err, mp.ErrPoolTerminated) {
		t.Errorf("its call: %v", err)
	}
}
