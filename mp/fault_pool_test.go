//go:build linux || darwin

package mp

import (
	"errors"
	"syscall"
	"time"
)

type faultCall struct {
	Made  *Array[int]
	Index int
}

var faultTask = Task("fault task", func(c faultCall) (int, error) {
	c.Made.Lock()
	c.Made.Set(c.Index, c.Made.Get(c.Index)+1)
	c.Made.Unlock()
	time.Sleep(20 * time.Microsecond)
	return c.Index * c.Index, nil
})

func killWorker(f *fault) {
	const calls = 60
	pool, err := NewPool(2)
	f.check(err)
	w := <-pool.idle // any worker
	victim := w.process
	pool.idle <- w
	made := NewArray[int](calls)
	args := make([]faultCall, calls)
	for i := range args {
		args[i] = faultCall{made, i}
	}
	killed := make(chan bool)
	pause := time.Duration(f.rng.IntN(3000)) * time.Microsecond
	go func() {
		time.Sleep(pause)
		victim.Kill()
		close(killed)
	}()
	settled := make([]int, calls)
	f.within("the map", func() {
		next := 0
		for x, err := range faultTask.MapUnordered(pool, args) {
			var task *TaskError
			switch {
			case errors.As(err, &task):
				settled[task.Index]++
				var e *ExitError
				if !errors.As(err, &e) || e.Signal != syscall.SIGKILL {
					f.fail("a call failed: %v", err)
				}
			case err != nil:
				f.fail("the map failed: %v", err)
			default:
				for next*next != x {
					if next++; next == calls {
						next = 0
					}
				}
				settled[next]++
			}
		}
	})
	for i, n := range settled {
		if n != 1 || made.Get(i) > 1 {
			f.fail("call %d was made %d times and settled %d times", i, made.Get(i), n)
		}
	}
	<-killed
	f.within("the pool's next map", func() {
		if got, err := faultTask.Map(pool, args[:4]); err != nil && !errors.As(err, new(*ExitError)) {
			f.fail("the pool does not go on: %v, %v", got, err)
		}
	})
	f.within("the pool's Close", func() {
		if err := pool.Close(); err != nil && !errors.As(err, new(*ExitError)) {
			f.fail("%v", err)
		}
	})
}

// A pool is terminated while a loop goes over results and calls are pending: each result is
// right or is the error, and none is missing, whatever has come.
func terminatePool(f *fault) {
	const calls, gone = 60, 10
	pool, err := NewPool(2)
	f.check(err)
	made := NewArray[int](calls + gone)
	var args []faultCall
	for i := range calls {
		args = append(args, faultCall{made, i})
	}
	var fs []*Future[int]
	for i := range gone {
		fs = append(fs, faultTask.Go(pool, faultCall{made, calls + i}))
	}
	terminated := make(chan error)
	pause := time.Duration(f.rng.IntN(4000)) * time.Microsecond
	go func() {
		time.Sleep(pause)
		terminated <- pool.Terminate()
	}()
	f.within("a loop", func() {
		n := 0
		for x, err := range faultTask.MapOrdered(pool, args) {
			if over := errors.Is(err, ErrPoolTerminated); over || err == nil && x == n*n {
				if n++; over {
					n = calls
				}
				continue
			}
			f.fail("result %d is %d, %v", n, x, err)
		}
		if n != calls {
			f.fail("%d of %d results", n, calls)
		}
	})
	f.within("Terminate", func() { f.check(<-terminated) })
	for i, g := range fs {
		x, ok, err := g.GetTimeout(0)
		if n := calls + i; !ok || err == nil && x != n*n || err != nil && !errors.Is(err, ErrPoolTerminated) {
			f.fail("call %d: %d, %v, %v", n, x, ok, err)
		}
	}
	for i := range made.Len() {
		if made.Get(i) > 1 {
			f.fail("call %d was made %d times", i, made.Get(i))
		}
	}
	f.check(pool.Close())
}
