package mp

import (
	"errors"
	"reflect"
	"time"

	"lockstep/mp/trace"
)

// A Future is the result of a call that a pool's worker makes while its caller goes on.
// It is made by TaskFunc.Go and belongs to the process that made it; several goroutines
// may use it at the same time.
type Future[R any] struct {
	pool   *Pool
	task   string
	number int             // of the pool's calls of Go, from 0
	done   <-chan struct{} // closed when what follows is there
	result R
	err    error
}

// Go has one of the pool's workers call the function with x, of which it makes a copy
// before it returns. It does not wait, however many calls are pending: they are kept in
// this process, and begun in the order of their Go, in turns with the maps on that pool.
// All that goes wrong is an error of Get: that the pool is closed, too (os.ErrClosed), or
// terminated (ErrPoolTerminated).
//
// What is pending when the pool is closed is still called, and Close waits for it. When
// this process ends, each worker ends after the call that it is in, whose result is lost;
// what no worker has taken by then is not called.
func (t *TaskFunc[A, R]) Go(pool *Pool, x A) *Future[R] {
	f := &Future[R]{pool: pool, task: t.t.name, done: alwaysDone}
	if pool != nil {
		f.number = int(pool.calls.Add(1)) - 1
	}
	if !observed {
		t.begin(f, x)
		return f
	}
	op := operation{kind: trace.Map, method: "go", object: pool.identityString(), name: t.t.name, index: f.number, arg: x, size: 1, chunk: 1}
	perform(op, func(op *operation) {
		op.ended(true, t.begin(f, x))
	})
	return f
}

// alwaysDone is closed.
var alwaysDone = func() <-chan struct{} { c := make(chan struct{}); close(c); return c }()

// begin submits the call, or has it failed at once.
func (t *TaskFunc[A, R]) begin(f *Future[R], x A) error {
	arg := &encoder{}
	m, err := t.mapping("call", f.pool, make([]A, 1), func(d delivery[R]) {
		if arg.release(); d.err != nil {
			f.err = d.err
		} else {
			f.result = d.values[0]
		}
	})
	if err == nil {
		if err = codecOf(reflect.TypeFor[A]()).encode(arg, reflect.ValueOf(&x).Elem()); err != nil {
			err = m.refused(err)
		}
	}
	if err == nil {
		m.first, f.done = f.number, m.done
		m.encode = func(e *encoder, s span) error {
			if s.from < s.to {
				e.copy(arg)
			}
			return nil
		}
		err = f.pool.submit(m)
	}
	if err != nil {
		arg.release()
		f.done, f.err = alwaysDone, err
	}
	return err
}

// Get waits until the call has returned, and gives its result; called again, the same. The
// error is a *TaskError if the function returned one, or if its worker died within the
// call: that is not made again. A worker that dies before it has begun has a successor. It
// is ErrPoolTerminated if the pool was terminated first.
func (f *Future[R]) Get() (R, error) {
	r, _, err := f.get(0, -1)
	return r, err
}

// GetTimeout is Get that waits for d at most, and reports whether the call has returned: a
// d of 0 does not wait. The call goes on, and can be waited for again.
func (f *Future[R]) GetTimeout(d time.Duration) (r R, ok bool, err error) {
	return f.get(limited(d), max(d, 0))
}

func (f *Future[R]) get(limit, d time.Duration) (r R, ok bool, err error) {
	if f.done == nil {
		return r, true, errors.New("cannot get: a Future is made by Go, not as a zero value")
	}
	if !observed || f.pool == nil {
		return f.wait(d)
	}
	op := operation{kind: trace.Next, method: "get", object: f.pool.identityString(), name: f.task, index: f.number, limit: limit}
	perform(op, func(op *operation) {
		if r, ok, err = f.wait(op.most(d)); ok {
			op.result = r
		}
		op.ended(ok, err)
	})
	return r, ok, err
}

// wait waits for d at most; negative: for ever.
func (f *Future[R]) wait(d time.Duration) (r R, ok bool, err error) {
	var over <-chan time.Time
	switch {
	case d == 0: // what is there comes first
		select {
		case <-f.done:
		default:
			return r, false, nil
		}
	case d > 0:
		t := time.NewTimer(d)
		defer t.Stop()
		over = t.C
	}
	select {
	case <-f.done:
		return f.result, true, f.err
	case <-over:
		return r, false, nil
	}
}
