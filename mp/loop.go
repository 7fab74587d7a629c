package mp

import (
	"iter"
	"maps"
	"slices"
	"sync"

	"lockstep/mp/trace"
)

// How a loop's results come, as events have it.
const (
	unordered = "loop"
	ordered   = "ordered"
)

// MapUnordered is Map that yields each result as soon as there is one, in no
// particular order. A failed call yields a zero result and a *TaskError. Workers get only
// a little ahead of the loop, and are free for others meanwhile. When the loop ends early,
// calls that have not been handed to a worker are not made. An error of another kind is the
// whole map's, of which no more calls are begun.
func (t *TaskFunc[A, R]) MapUnordered(pool *Pool, args []A) iter.Seq2[R, error] {
	return t.loop(unordered, pool, args)
}

// MapOrdered is MapUnordered that yields the results in the order of the arguments, each as
// soon as it and all before it are there; that of a failed call is a zero result and a
// *TaskError. While one call takes long, workers get only a little ahead of it.
func (t *TaskFunc[A, R]) MapOrdered(pool *Pool, args []A) iter.Seq2[R, error] {
	return t.loop(ordered, pool, args)
}

func (t *TaskFunc[A, R]) loop(how string, pool *Pool, args []A) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		op := t.mapOperation(pool, args, 0)
		op.method = how
		switch {
		case !observed:
			t.each(how, pool, args, plainLoop[R]{}, yield)
		case controlled():
			t.each(how, pool, args, controlledLoop[R]{op}, yield)
		default:
			perform(op, func(*operation) { t.each(how, pool, args, plainLoop[R]{}, yield) })
		}
	}
}

func (t *TaskFunc[A, R]) each(how string, pool *Pool, args []A, l loop[R], yield func(R, error) bool) {
	for d := range t.deliveries(how, pool, args, l) {
		if d.err != nil {
			var zero R
			if !yield(zero, d.err) {
				return
			}
			continue
		}
		for _, x := range d.values {
			if !yield(x, nil) {
				return
			}
		}
	}
}

// deliveries yields batches as they are wanted. An error belongs to one argument, or, if
// it is not a *TaskError, to the whole map.
func (t *TaskFunc[A, R]) deliveries(how string, pool *Pool, args []A, l loop[R]) iter.Seq[delivery[R]] {
	return func(yield func(delivery[R]) bool) {
		come := &results[R]{ordered: how == ordered, has: map[int]delivery[R]{}, more: make(chan struct{}, 1)}
		m, err := t.mapping("map", pool, args, come.put)
		if err != nil {
			yield(delivery[R]{err: err})
			return
		}
		m.loops = !controlled() // whose results never wait
		l.start(func() {
			if err := pool.submit(m); err != nil {
				m.report(0, err)
				m.stopped = true
				m.finish()
			}
		})
		over := false
		defer func() {
			if !over {
				l.stop(func() {
					pool.stop(m)
					<-m.done
				})
			}
		}()
		for {
			d, ok := l.next(func() (delivery[R], bool) { return come.next(m.done) })
			if over = !ok; over {
				return
			}
			pool.looped(m, d.calls())
			if !yield(d) {
				return
			}
		}
	}
}

// A delivery is the results of consecutive arguments of a map, or the error of one.
type delivery[R any] struct {
	from   int
	values []R
	err    error
}

func (d delivery[R]) calls() int { return max(len(d.values), 1) }

// Results are deliveries on their way to a loop. It takes whatever comes: workers wait for
// a loop by being given nothing, and never with results, so that others get on meanwhile.
type results[R any] struct {
	ordered bool

	mu        sync.Mutex
	has       map[int]delivery[R] // in the order of arguments, or else as they came
	came, had int                 // where the next one is put, where the loop takes it
	more      chan struct{}       // holds one if something may have come
}

func (r *results[R]) put(d delivery[R]) {
	r.mu.Lock()
	if r.ordered {
		r.came = d.from
	}
	r.has[r.came] = d
	r.came++
	r.mu.Unlock()
	select {
	case r.more <- struct{}{}:
	default:
	}
}

// next waits for the next delivery; false: done is closed, and there will be none.
func (r *results[R]) next(done <-chan struct{}) (delivery[R], bool) {
	for over := false; ; {
		r.mu.Lock()
		d, ok := r.has[r.had]
		switch {
		case ok:
			delete(r.has, r.had)
			if r.had++; r.ordered {
				r.had += d.calls() - 1
			}
		case over: // what is missing never comes, and an error may say why
			d, ok = r.verdict()
		}
		r.mu.Unlock()
		if ok || over {
			return d, ok
		}
		select {
		case <-r.more:
		case <-done:
			over = true // what came before is there now
		}
	}
}

// verdict is the first error of the whole map behind a gap, of which nothing else is given.
func (r *results[R]) verdict() (d delivery[R], ok bool) {
	for _, at := range slices.Sorted(maps.Keys(r.has)) {
		if _, one := r.has[at].err.(*TaskError); r.has[at].err != nil && !one && !ok {
			d, ok = r.has[at], true
		}
	}
	clear(r.has)
	return d, ok
}

// A loop is how a map's results are taken.
type loop[R any] interface {
	start(run func())
	next(wait func() (delivery[R], bool)) (delivery[R], bool)
	stop(drain func())
}

type plainLoop[R any] struct{}

func (plainLoop[R]) start(run func())                                         { run() }
func (plainLoop[R]) stop(drain func())                                        { drain() }
func (plainLoop[R]) next(wait func() (delivery[R], bool)) (delivery[R], bool) { return wait() }

// controlledLoop has an operation for each result that the student's loop takes.
type controlledLoop[R any] struct{ op operation }

func (l controlledLoop[R]) start(run func()) { perform(l.op, func(*operation) { run() }) }

func (l controlledLoop[R]) next(wait func() (delivery[R], bool)) (x delivery[R], ok bool) {
	op := operation{kind: trace.Next, object: l.op.object, name: l.op.name, index: -1}
	perform(op, func(op *operation) {
		switch x, ok = wait(); {
		case !ok:
			op.outcome = trace.EOF
		case x.err == nil:
			op.result = x.values
		default:
			op.ended(true, x.err)
		}
	})
	return x, ok
}

func (l controlledLoop[R]) stop(drain func()) {
	op := operation{kind: trace.Map, object: l.op.object, name: l.op.name, index: -1, method: "stop"}
	perform(op, func(*operation) { drain() })
}
