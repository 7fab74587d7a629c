package mp_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"lockstep/mp"
)

var (
	square = mp.Task("square", func(n int) (int, error) { return n * n, nil })
	picky  = mp.Task("picky", func(n int) (int, error) {
		switch n {
		case 3:
			return 0, errors.New("no threes")
		case 5:
			panic("no fives")
		case 7:
			os.Exit(9)
		case 8:
			check(mp.Current().Kill())
			time.Sleep(time.Hour)
		}
		return n, nil
	})
	where = mp.Task("where", func(int) (int, error) { return os.Getpid(), nil })
	drops = mp.Task("drops", func(n int) (func(), error) { return nil, nil })
	hides = mp.Task("hides", func(n int) (any, error) { return func() {}, nil })
	marks = mp.Task("marks", func(a *mp.Array[int]) (int, error) {
		a.Lock()
		defer a.Unlock()
		a.Set(0, a.Get(0)+1)
		return 0, nil
	})
)

// pooled makes a pool for a test.
func pooled(t *testing.T, n int) *mp.Pool {
	p := must(mp.NewPool(n))
	t.Cleanup(func() { p.Close() })
	return p
}

func upTo(n int) []int {
	xs := make([]int, n)
	for i := range xs {
		xs[i] = i
	}
	return xs
}

func TestMap(t *testing.T) {
	pool := pooled(t, 3)
	for _, n := range []int{0, 1, 2, 3, 100, 3000, 3001} {
		got := must(square.Map(pool, upTo(n)))
		if len(got) != n || n > 0 && got[n-1] != (n-1)*(n-1) || !slices.IsSorted(got) {
			t.Errorf("the squares up to %d: %.100v", n, fmt.Sprint(got))
		}
	}
	for _, size := range []int{-1, 1, 7, 1000} {
		if got := must(square.MapChunks(pool, upTo(100), size)); got[99] != 9801 {
			t.Errorf("in chunks of %d: %v", size, got)
		}
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if got := must(square.Map(pool, upTo(500))); got[499] != 499*499 {
				t.Errorf("the square of 499 is %d", got[499])
			}
		})
	}
	group.Wait()
	for _, pid := range must(where.Map(pool, upTo(20))) {
		if pid == os.Getpid() {
			t.Error("a task ran in this process")
		}
	}
	a := mp.NewArray[int](1)
	must(marks.Map(pool, []*mp.Array[int]{a, a, a}))
	if a.Get(0) != 3 {
		t.Errorf("three tasks counted to %d", a.Get(0))
	}
}

func TestMapUnordered(t *testing.T) {
	pool := pooled(t, 3)
	sum := 0
	for x, err := range square.MapUnordered(pool, upTo(1000)) {
		check(err)
		sum += x
	}
	if sum != 332833500 {
		t.Errorf("the sum is %d", sum)
	}
	n := 0
	for range square.MapUnordered(pool, upTo(1000)) {
		if n++; n == 10 {
			break
		}
	}
	if got := must(square.Map(pool, upTo(10))); got[9] != 81 {
		t.Errorf("after a loop that ended early: %v", got)
	}
}

// Every failed call has an error of its own; all others are made.
func TestTaskFails(t *testing.T) {
	for _, size := range []int{0, 1, 4} {
		pool := pooled(t, 2)
		got, err := picky.MapChunks(pool, upTo(10), size)
		var task *mp.TaskError
		if !errors.As(err, &task) || task.Index > 3 || size == 1 && task.Err.Error() != "no threes" || task.Task != "picky" {
			t.Errorf("in chunks of %d: %v", size, err)
		}
		if len(got) != 10 || got[9] != 9 || got[3] != 0 || got[5] != 0 || size == 1 && (got[2] != 2 || got[6] != 6) {
			t.Errorf("in chunks of %d: %v", size, got)
		}
		if got := must(picky.Map(pool, []int{1, 2})); !slices.Equal(got, []int{1, 2}) {
			t.Errorf("the pool does not go on: %v", got)
		}
	}
	failed := map[int]error{}
	settled := make([]int, 10)
	for x, err := range picky.MapUnordered(pooled(t, 2), upTo(10)) {
		var task *mp.TaskError
		if errors.As(err, &task) {
			failed[task.Index] = task.Err
			settled[task.Index]++
		} else {
			check(err)
			settled[x]++
		}
	}
	for i, n := range settled {
		if n != 1 {
			t.Errorf("call %d was settled %d times", i, n)
		}
		if err := failed[i]; err != nil && i < 5 && i != 3 && !strings.Contains(err.Error(), "its result is lost: ") {
			t.Errorf("call %d: %v", i, err)
		}
	}
	var exit, killed *mp.ExitError
	switch {
	case failed[3] == nil || failed[5] == nil || failed[9] != nil:
		t.Errorf("failed: %v", failed)
	case !strings.Contains(failed[5].Error(), "panic: no fives"):
		t.Errorf("5: %v", failed[5])
	case !errors.As(failed[7], &exit) || exit.Code != 9:
		t.Errorf("7: %v", failed[7])
	case !errors.As(failed[8], &killed) || killed.Signal != syscall.SIGKILL || !strings.HasPrefix(killed.Name, "mp.worker-"):
		t.Errorf("8: %v", failed[8])
	}
}

func TestPoolErrors(t *testing.T) {
	if _, err := mp.NewPool(-1); err == nil {
		t.Error("a pool of nobody")
	}
	if _, err := square.Map(&mp.Pool{}, upTo(1)); err == nil || !strings.Contains(err.Error(), "not as a zero value") {
		t.Errorf("a map on a zero pool: %v", err)
	}
	pool := must(mp.NewPool(2))
	if _, err := drops.Map(pool, upTo(1)); err == nil || !strings.Contains(err.Error(), "cannot map drops: a func() cannot travel") {
		t.Errorf("results that cannot travel: %v", err)
	}
	if _, err := hides.Map(pool, upTo(1)); err == nil || !strings.Contains(err.Error(), "task hides, item 0: the result: a func() cannot travel") {
		t.Errorf("a result that cannot travel: %v", err)
	}
	if _, err := passes.Map(pool, []any{1, func() {}}); err == nil || !strings.Contains(err.Error(), "cannot map passes: argument 1: a func() cannot travel") {
		t.Errorf("an argument that cannot travel: %v", err)
	}
	if got := must(square.Map(pool, upTo(3))); got[2] != 4 {
		t.Errorf("the pool does not go on: %v", got)
	}
	check(pool.Close())
	if err := pool.Close(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("closed again: %v", err)
	}
	if _, err := square.Map(pool, upTo(3)); !errors.Is(err, os.ErrClosed) {
		t.Errorf("a map on a closed pool: %v", err)
	}
}

var passes = mp.Task("passes", func(x any) (any, error) { return x, nil })

func TestQueue(t *testing.T) {
	q := must(mp.NewQueue[int](2))
	if ok, err := q.PutTimeout(1, 0); !ok || err != nil {
		t.Errorf("PutTimeout: %v, %v", ok, err)
	}
	check(q.Put(2))
	for _, d := range []time.Duration{0, time.Millisecond} {
		if ok, err := q.PutTimeout(3, d); ok || err != nil {
			t.Errorf("put into a full queue: %v, %v", ok, err)
		}
	}
	if n := q.Len(); n != 2 {
		t.Errorf("%d values", n)
	}
	if x := must(q.Get()); x != 1 {
		t.Errorf("got %d", x)
	}
	if x, ok, err := q.GetTimeout(long); x != 2 || !ok || err != nil {
		t.Errorf("GetTimeout: %d, %v, %v", x, ok, err)
	}
	for _, d := range []time.Duration{0, time.Millisecond} {
		if _, ok, err := q.GetTimeout(d); ok || err != nil {
			t.Errorf("got from an empty queue: %v, %v", ok, err)
		}
	}
	check(q.Put(4))
	check(q.Close())
	if err := q.Close(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("closed again: %v", err)
	}
	if err := q.Put(5); !errors.Is(err, os.ErrClosed) {
		t.Errorf("put into a closed queue: %v", err)
	}
	if x := must(q.Get()); x != 4 {
		t.Errorf("got %d of what was left", x)
	}
	if _, err := q.Get(); err != io.EOF {
		t.Errorf("Get: %v", err)
	}
	if _, _, err := q.GetTimeout(0); err != io.EOF {
		t.Errorf("GetTimeout: %v", err)
	}
}

// TestQueueDone: what counts is how many were put and how many are done.
func TestQueueDone(t *testing.T) {
	q := must(mp.NewQueue[int](3))
	done := func(want bool) {
		t.Helper()
		for _, d := range []time.Duration{0, time.Millisecond} {
			if got := q.WaitTimeout(d); got != want {
				t.Errorf("all done: %v", got)
			}
		}
	}
	fails := func() {
		t.Helper()
		if err := q.Done(); err == nil || err.Error() != "cannot call Done: every value that was put is done already" {
			t.Errorf("Done once too often: %v", err)
		}
	}
	done(true)
	q.Wait() // for nothing
	fails()
	check(q.Put(1))
	check(q.Put(2))
	done(false)
	must(q.Get())
	done(false)
	check(q.Done())
	done(false)
	check(q.Done()) // which of them is not asked, nor whether it was got
	done(true)
	fails()
	check(q.Put(3))
	check(q.Close())
	done(false)
	must(q.Get())
	must(q.Get())
	if _, err := q.Get(); err != io.EOF {
		t.Errorf("Get: %v", err)
	}
	if err := q.Put(4); !errors.Is(err, os.ErrClosed) {
		t.Errorf("put into a closed queue: %v", err)
	}
	done(false)
	check(q.Done())
	done(true)
	q.Wait()
	fails()
}

var deals = mp.Func2("deals", func(q *mp.Queue[int], dealt *mp.Array[int]) error {
	for {
		x, err := q.Get()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		dealt.Set(x, dealt.Get(x)+1) // nobody else has it
		if err := q.Done(); err != nil {
			return err
		}
	}
})

// TestQueueWait: whoever waits, be it several, finds all done that was put before.
func TestQueueWait(t *testing.T) {
	const values, rounds = 200, 5
	q, dealt := must(mp.NewQueue[int](7)), mp.NewArray[int](values)
	workers := several(3, func(int) (*mp.Process, error) { return deals.Start(q, dealt) })
	for round := range rounds {
		for x := range values {
			check(q.Put(x))
		}
		var all sync.WaitGroup
		for range 2 {
			all.Go(q.Wait)
		}
		all.Wait()
		for x := range values {
			if n := dealt.Get(x); n != round+1 {
				t.Fatalf("%d was dealt with %d times after round %d", x, n, round)
			}
		}
	}
	check(q.Close())
	join(t, workers...)
}

func TestQueueValues(t *testing.T) {
	q := must(mp.NewQueue[[]byte](3))
	if err := q.Put(make([]byte, 64<<10)); err == nil || !strings.Contains(err.Error(), "more than the queue's 65536") {
		t.Errorf("put too much: %v", err)
	}
	for size := range 40 { // around the end of the ring
		x := repeated(size * 997)
		check(q.Put(x))
		if got := must(q.Get()); string(got) != string(x) {
			t.Fatalf("%d bytes were mixed up", len(x))
		}
	}
	a, _, err := mp.Pipe()
	check(err)
	for _, test := range []struct {
		x    any
		want string
	}{{func() {}, "cannot put: a func() cannot travel"}, {a, "cannot put: a queue cannot keep a Conn"}} {
		if err := must(mp.NewQueue[any](1)).Put(test.x); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("put: %v", err)
		}
	}
}

var (
	produces = mp.Func3("produces", func(q *mp.Queue[int], from, to int) error {
		for i := from; i < to; i++ {
			if err := q.Put(i); err != nil {
				return err
			}
		}
		return nil
	})
	consumes = mp.Func2("consumes", func(q *mp.Queue[int], out *mp.Conn) error {
		var got []int
		for {
			x, err := q.Get()
			if err == io.EOF {
				return out.Send(got)
			}
			if err != nil {
				return err
			}
			got = append(got, x)
		}
	})
)

func TestQueueBetweenProcesses(t *testing.T) {
	q := must(mp.NewQueue[int](10))
	a, b, err := mp.Pipe()
	check(err)
	producers := several(3, func(i int) (*mp.Process, error) { return produces.Start(q, 300*i, 300*i+300) })
	consumers := several(2, func(int) (*mp.Process, error) { return consumes.Start(q, b) })
	join(t, producers...)
	check(q.Close())
	var all []int
	for range consumers {
		got := must(mp.Recv[[]int](a))
		last := [3]int{-1, -1, -1}
		for _, x := range got { // of each producer in its order
			if x <= last[x/300] {
				t.Errorf("%d came after %d", x, last[x/300])
			}
			last[x/300] = x
		}
		all = append(all, got...)
	}
	join(t, consumers...)
	slices.Sort(all)
	if !slices.Equal(all, upTo(900)) {
		t.Errorf("%d values arrived of 900", len(all))
	}
}

func TestPoolSetup(t *testing.T) {
	ran, l := mp.NewValue(0), mp.NewLock()
	pool := must(prepares.NewPool(3, ran, l, 7))
	pids := must(prepared.Map(pool, upTo(30)))
	check(pool.Close())
	for _, x := range pids {
		if x != 7 {
			t.Fatalf("a task ran in a worker that was not prepared: %d", x)
		}
	}
	if ran.Get() != 3 {
		t.Errorf("%d of 3 workers are prepared", ran.Get())
	}
	// A worker that takes another's place is prepared too.
	ran.Set(0)
	pool = must(prepares.NewPool(1, ran, l, 8))
	if _, err := prepared.Map(pool, []int{-1}); err == nil {
		t.Error("a task that kills its worker does not fail")
	}
	if xs := must(prepared.Map(pool, upTo(1))); xs[0] != 8 || ran.Get() != 2 {
		t.Errorf("the second worker gives %v, %d are prepared", xs, ran.Get())
	}
	check(pool.Close())

	pool = must(fails.NewPool(2))
	if _, err := prepared.Map(pool, upTo(3)); err == nil || !strings.Contains(err.Error(), "workers die before they begin") || !strings.Contains(err.Error(), "out of paper") {
		t.Errorf("nobody can be prepared: %v", err)
	}
	pool.Close()
	a, b, err := mp.Pipe()
	check(err)
	defer a.Close()
	defer b.Close()
	if _, err := tells.NewPool(1, b); err == nil || !strings.Contains(err.Error(), "cannot share a Conn") {
		t.Errorf("an end of a pipe for all workers: %v", err)
	}
}

var (
	preparation int
	prepares    = mp.Func3("prepares", func(ran *mp.Value[int], l *mp.Lock, x int) error {
		l.Lock()
		defer l.Unlock()
		ran.Set(ran.Get() + 1)
		preparation = x
		return nil
	})
	prepared = mp.Task("prepared", func(i int) (int, error) {
		if i < 0 {
			os.Exit(9)
		}
		return preparation, nil
	})
)
