package mp

import (
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"lockstep/mp/trace"
)

// A TaskFunc is a function from an A to an R that a pool's workers can run.
type TaskFunc[A, R any] struct{ t *target }

// Task registers f as a task for pools. As with Func, call it in a package-level
// variable, with a name that no other task or target has.
func Task[A, R any](name string, f func(A) (R, error)) *TaskFunc[A, R] {
	registerType(reflect.TypeFor[A]())
	registerType(reflect.TypeFor[R]())
	return &TaskFunc[A, R]{registerTarget(&target{name: name, work: taskWorker(name, f)}, f == nil, 3)}
}

// A TaskError reports a task that failed. It wraps the error that the function
// returned, or an *ExitError of the worker that died of the task.
type TaskError struct {
	Task  string
	Index int // of the argument in what was given to Map; of Go, how many calls the pool was given before
	Err   error
}

func (e *TaskError) Error() string {
	return fmt.Sprintf("task %s, item %d: %v", e.Task, e.Index, e.Err)
}

func (e *TaskError) Unwrap() error { return e.Err }

// Map calls the function in the pool's workers once for each argument and
// returns the results in the order of the arguments. It waits until all calls
// have returned.
//
// When calls fail, all others are still made. The error is then a *TaskError for
// the first argument, in order, whose call failed; its result, like those of all
// failed calls, is the zero value. A worker that dies, by a panic or a signal,
// fails the call that it was in, and the calls of its chunk that it had not
// reported yet: none is made twice. Another worker takes its place. An error of another
// kind is the whole map's, such as ErrPoolTerminated.
//
// Arguments go to the workers in chunks, so that short calls are not dominated by
// the cost of sending them: of one at first, and as large as is worth it when
// the calls prove to be short. MapChunks sets the size.
func (t *TaskFunc[A, R]) Map(pool *Pool, args []A) ([]R, error) {
	return t.MapChunks(pool, args, 0)
}

// MapChunks is Map that gives each worker size arguments at a time. A size of zero
// or less leaves the choice to the pool.
func (t *TaskFunc[A, R]) MapChunks(pool *Pool, args []A, size int) (results []R, err error) {
	if observed {
		perform(t.mapOperation(pool, args, size), func(op *operation) {
			results, err = t.mapOrdered(pool, args, size)
			op.ended(true, err)
			op.result = results
		})
		return results, err
	}
	return t.mapOrdered(pool, args, size)
}

// mapOperation is what an observer is told of a map.
func (t *TaskFunc[A, R]) mapOperation(pool *Pool, args []A, size int) operation {
	return operation{kind: trace.Map, object: pool.identityString(), name: t.t.name, index: -1, arg: args, size: len(args), chunk: max(size, 1)}
}

func (t *TaskFunc[A, R]) mapOrdered(pool *Pool, args []A, size int) ([]R, error) {
	results := make([]R, len(args))
	var mu sync.Mutex
	first := len(args)
	var failure error
	m, err := t.mapping("map", pool, args, func(d delivery[R]) {
		if d.err == nil {
			copy(results[d.from:], d.values)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		if d.from < first || failure == nil || d.from == len(args) { // of the last no call is to blame
			first, failure = d.from, d.err
		}
	})
	if err != nil {
		return results, err
	}
	m.size = size
	if err := pool.submit(m); err != nil {
		return results, err
	}
	<-m.done
	return results, failure
}

// mapping prepares a map. take is given what comes, by several goroutines.
func (t *TaskFunc[A, R]) mapping(what string, pool *Pool, args []A, take func(delivery[R])) (*mapping, error) {
	m := &mapping{what: what, task: t.t.name, total: len(args), pace: &t.t.pace, done: make(chan struct{})}
	codecA, codecR := codecOf(reflect.TypeFor[A]()), codecOf(reflect.TypeFor[R]())
	var none error
	if pool == nil || pool.idle == nil {
		none = errNoPool
	}
	if err := firstError(t.t.problem, codecA.problem, codecR.problem, none); err != nil {
		return nil, m.refused(err)
	}
	rv := reflect.ValueOf(args)
	m.encode = func(e *encoder, s span) error {
		for i := s.from; i < s.to; i++ {
			if err := codecA.encode(e, rv.Index(i)); err != nil {
				return fmt.Errorf("argument %d: %w", i, err)
			}
		}
		return nil
	}
	m.decode = func(d *decoder, s span) error {
		values := make([]R, 0, s.to-s.from)
		from := s.from
		flush := func(next int) {
			if len(values) > 0 {
				take(delivery[R]{from: from, values: values})
			}
			values, from = make([]R, 0, s.to-next), next
		}
		for i := s.from; i < s.to; i++ {
			failed, err := d.octet()
			if err != nil {
				return err
			}
			if failed != 0 {
				text, err := d.text()
				if err != nil {
					return err
				}
				flush(i + 1)
				take(delivery[R]{from: i, err: m.fail(i, fmt.Errorf("%s", text))})
				continue
			}
			n := len(values)
			values = values[:n+1] // there is room for all that may come
			if err := codecR.decode(d, reflect.ValueOf(&values[n]).Elem()); err != nil {
				return err
			}
		}
		flush(s.to)
		return nil
	}
	m.report = func(i int, err error) { take(delivery[R]{from: i, err: err}) }
	return m, nil
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// A worker runs the calls of one chunk: it takes n arguments from d and appends
// the results to e. It notes in progress which call it is in, counted from one.
type worker func(d *decoder, e *encoder, first, n int, progress *atomic.Uint32) error

func taskWorker[A, R any](name string, f func(A) (R, error)) worker {
	return func(d *decoder, e *encoder, first, n int, progress *atomic.Uint32) error {
		codecA, codecR := codecOf(reflect.TypeFor[A]()), codecOf(reflect.TypeFor[R]())
		var a, none A
		var r R
		intoA, fromR := reflect.ValueOf(&a).Elem(), reflect.ValueOf(&r).Elem()
		for i := range n {
			progress.Store(uint32(i + 1))
			a = none
			err := codecA.decode(d, intoA)
			if err != nil {
				if observed {
					perform(taskOperation(name, first+i), func(op *operation) { op.ended(true, err) })
				}
				return err
			}
			r, err = callTask(name, f, first+i, a)
			mark := len(e.b)
			e.b = append(e.b, 0)
			if err == nil {
				if err = codecR.encode(e, fromR); err != nil {
					err = fmt.Errorf("the result: %w", err)
				}
			}
			if err != nil {
				e.b = append(e.b[:mark], 1)
				e.text(err.Error())
			}
		}
		return nil
	}
}

func callTask[A, R any](name string, f func(A) (R, error), i int, a A) (r R, err error) {
	if idle {
		return r, nil
	}
	if !observed {
		r, err = f(a)
		return handed(r), err
	}
	op := taskOperation(name, i)
	op.arg = a
	perform(op, func(op *operation) {
		if op.plant {
			plant(true)
			defer plant(false)
		}
		if !op.idle {
			r, err = f(a)
			r = handed(r)
		}
		op.ended(true, err)
		op.result = r
	})
	return r, err
}

// taskOperation is what an observer is told of a call.
func taskOperation(name string, i int) operation {
	return operation{kind: trace.Task, object: self.path, name: name, index: i, site: siteOfTarget(name)}
}

// serveChunk runs one chunk's calls for a pool's worker.
func serveChunk(d *decoder, e *encoder, progress *atomic.Uint32) error {
	name, err := d.text()
	if err != nil {
		return err
	}
	first, err := d.unsigned()
	if err != nil {
		return err
	}
	n, err := d.unsigned()
	if err != nil {
		return err
	}
	t := targetNamed(name)
	if t == nil || t.work == nil {
		return fmt.Errorf("no task is registered as %q in this process", name)
	}
	began := time.Now()
	mark := len(e.b)
	e.b = append(e.b, make([]byte, 8)...)
	if err := t.work(d, e, int(first), int(n), progress); err != nil {
		return err
	}
	putTime(e.b[mark:], time.Since(began))
	return nil
}
