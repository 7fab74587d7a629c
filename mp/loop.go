package mp

import (
	"sync"

	"lockstep/mp/trace"
)

// A delivery is the results of consecutive arguments of a map, or the error of one.
type delivery[R any] struct {
	from   int
	values []R
	err    error
}

// Results are deliveries on their way to a loop. It takes whatever comes: workers wait for
// a loop by being given nothing, and never with results, so that others get on meanwhile.
type results[R any] struct {
	mu   sync.Mutex
	has  []delivery[R]
	more chan struct{} // holds one if something may have come
}

func newResults[R any]() *results[R] { return &results[R]{more: make(chan struct{}, 1)} }

func (r *results[R]) put(d delivery[R]) {
	r.mu.Lock()
	r.has = append(r.has, d)
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
		if len(r.has) > 0 {
			d := r.has[0]
			r.has = r.has[1:]
			r.mu.Unlock()
			return d, true
		}
		r.mu.Unlock()
		if over {
			return delivery[R]{}, false
		}
		select {
		case <-r.more:
		case <-done:
			over = true // what came before is there now
		}
	}
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

func (l controlledLoop[R]) start(run func()) {
	op := l.op
	op.method = "loop"
	perform(op, func(*operation) { run() })
}

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
