package mp

import (
	"fmt"
	"io"
	"reflect"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"lockstep/mp/trace"
)

// A Pool is a number of worker processes that run tasks. Several goroutines may
// map on one pool at the same time; they take turns at its workers.
//
// A pool that nobody closes has its workers until its process ends.
type Pool struct {
	id      identity
	setup   setup
	size    int
	workers []*poolWorker
	idle    chan *poolWorker // holds every worker that runs nothing
	over    chan struct{}    // closed when all workers have ended

	mu      sync.Mutex
	closed  bool       // nothing more is submitted
	turns   []*mapping // those that have something to deal, each when its turn comes
	drivers int        // goroutines that deal it
	driving sync.WaitGroup

	gate       sync.RWMutex // held, together, by those who start a worker's process
	terminated bool         // no more is dealt or started; set with mu and gate both held

	calls atomic.Int64 // of Go
}

// A poolWorker is a worker process as its pool sees it.
type poolWorker struct {
	process  *Process
	path     string // of its process, or the last
	conn     *Conn
	last     *Process       // process, also when it has ended; guarded by the pool's gate
	progress *Value[uint32] // the call that it is in, within its chunk
	fresh    bool           // it has not asked for a chunk yet
	futile   int            // processes in a row that died before they began a call
	lost     error          // how the last of too many of them ended; process is nil
}

// A setup is what each worker of a pool runs before all else; none without a target.
type setup struct {
	t    *target
	args []any
}

func (s setup) name() string {
	if s.t == nil {
		return ""
	}
	return s.t.name
}

// check reports why workers can't run it, if they can't.
func (s setup) check() error {
	if s.t == nil {
		return nil
	}
	if s.t.problem != nil {
		return s.t.problem
	}
	e := &encoder{}
	defer e.release()
	for i, a := range s.args {
		if err := e.value(a); err != nil {
			return fmt.Errorf("argument %d of %s: %w", i+1, s.t.name, err)
		}
	}
	if len(e.fds) > 0 {
		return fmt.Errorf("the arguments of %s: workers, who may have successors, cannot share a Conn", s.t.name)
	}
	return nil
}

// work is a worker's process: its pipe, its progress, its pool and the name of its setup
// come first, and the setup's arguments last.
var work starter

func init() {
	work.t = registerTarget(&target{name: "mp.worker", own: true, call: func(d *decoder) error {
		var conn *Conn
		var progress *Value[uint32]
		var pool, setup string
		if err := d.arguments(&conn, &progress, &pool, &setup); err != nil {
			return err
		}
		if setup != "" && !idle {
			t := targetNamed(setup)
			if t == nil {
				return fmt.Errorf("no function is registered as %q in this process", setup)
			}
			if err := t.call(d); err != nil {
				return err
			}
		}
		return runWorker(conn, progress, pool)
	}}, false, 2)
}

// NewPool starts a pool of n workers and returns as soon as the first has been
// started: the others follow while the caller goes on. An n of 0 is CPUCount. It fails
// for n < 0, and where no process can be started. A later worker that can't be started is tried again
// when a map needs it; that map fails if it still can't.
func NewPool(n int) (*Pool, error) { return newPool(n, setup{}) }

// NewPool is the function NewPool for workers that each run this function before they take
// a task. One in whom it fails dies, and another takes its place, where it is run again: a
// pool in whom it always fails fails its maps.
func (f *Target0) NewPool(n int) (*Pool, error) { return newPool(n, setup{t: f.t}) }

// NewPool is the function NewPool for workers that each run this function, with a copy of
// a, before they take a task; see Target0.NewPool. The argument can't hold a Conn.
func (f *Target[A]) NewPool(n int, a A) (*Pool, error) { return newPool(n, setup{f.t, []any{a}}) }

// NewPool is the function NewPool for workers that each run this function first; see
// Target.NewPool.
func (f *Target2[A, B]) NewPool(n int, a A, b B) (*Pool, error) {
	return newPool(n, setup{f.t, []any{a, b}})
}

// NewPool is the function NewPool for workers that each run this function first; see
// Target.NewPool.
func (f *Target3[A, B, C]) NewPool(n int, a A, b B, c C) (*Pool, error) {
	return newPool(n, setup{f.t, []any{a, b, c}})
}

// NewPool is the function NewPool for workers that each run this function first; see
// Target.NewPool.
func (f *Target4[A, B, C, D]) NewPool(n int, a A, b B, c C, d D) (*Pool, error) {
	return newPool(n, setup{f.t, []any{a, b, c, d}})
}

func newPool(n int, first setup) (*Pool, error) {
	if n == 0 {
		n = CPUCount()
	}
	if n < 0 {
		return nil, fmt.Errorf("cannot make a pool of %d workers", n)
	}
	if err := first.check(); err != nil {
		return nil, fmt.Errorf("cannot make a pool: %w", err)
	}
	p := &Pool{id: newIdentity(), setup: first, idle: make(chan *poolWorker, n), over: make(chan struct{})}
	if observed {
		op := operation{kind: trace.New, object: p.id.String(), index: -1, method: "pool", size: n}
		if first.t != nil {
			op.key = first.t.name
		}
		perform(op, func(*operation) {})
	}
	// Those that come up leave a core to those that are at work already.
	atOnce := max(1, runtime.GOMAXPROCS(0)-1)
	if observed {
		atOnce = n // an observer is shown one order of events
	}
	starting := make(chan struct{}, atOnce)
	bringUp := func(w *poolWorker, launch func() error) error {
		starting <- struct{}{}
		err := launch()
		go func() { // a map need not wait for the worker that comes up last
			p.welcome(w)
			<-starting
		}()
		return err
	}
	var later []func()
	for range n {
		w := &poolWorker{progress: newValue[uint32](0)}
		launch, err := p.order(w) // so that all have their names before the caller starts others
		if err == nil {
			p.workers = append(p.workers, w)
			p.size++
			if p.size == 1 || observed {
				err = bringUp(w, launch)
			} else {
				later = append(later, func() { bringUp(w, launch) })
			}
		}
		if err != nil {
			go inOrder(later)
			p.Close()
			return nil, fmt.Errorf("cannot make a pool of %d workers: %w", n, err)
		}
	}
	go inOrder(later)
	return p, nil
}

func inOrder(steps []func()) {
	for _, step := range steps {
		step()
	}
}

func (p *Pool) identityString() string {
	if p == nil {
		return ""
	}
	return p.id.String()
}

// start starts a worker's process, the first or one in the place of the last. Where it
// can't, whoever needs this worker next tries again.
func (p *Pool) start(w *poolWorker) error {
	launch, err := p.order(w)
	if err != nil {
		return err
	}
	return launch()
}

// order prepares a worker's process, which launch starts; it has to be called.
func (p *Pool) order(w *poolWorker) (launch func() error, err error) {
	near, far, err := newConns()
	if err != nil {
		return nil, err
	}
	args := []any{far, w.progress, p.id.String(), p.setup.name()}
	o, err := newOrder(work, w.path, append(args, p.setup.args...)...)
	if err != nil {
		near.close()
		far.close()
		return nil, err
	}
	w.path = o.p.path
	return func() error {
		defer far.close()
		p.gate.RLock()
		defer p.gate.RUnlock()
		if p.terminated {
			o.text.release()
			near.close()
			return ErrPoolTerminated
		}
		process, err := o.launch()
		if err != nil {
			near.close()
			return err
		}
		w.process, w.last, w.conn, w.fresh = process, process, near, true
		return nil
	}, nil
}

// greet waits until the worker asks for a chunk.
func (w *poolWorker) greet() (err error) {
	if w.fresh {
		err = w.conn.receiveSignal()
		w.fresh = false
	}
	return err
}

// welcome puts a worker among the idle as soon as it asks for a chunk. One that dies
// before that has a successor.
func (p *Pool) welcome(w *poolWorker) {
	for w.process != nil && w.greet() != nil {
		if cause := w.reap(); w.givesUp(0) {
			w.lost = cause
		} else {
			p.start(w)
		}
	}
	p.idle <- w
}

// runWorker runs chunks until its pool closes the pipe or is gone.
func runWorker(conn *Conn, progress *Value[uint32], pool string) error {
	word := (*atomic.Uint32)(at(progress.offset + cellOffset))
	for first := true; ; first = false {
		if first || controlled() { // a reply asks for more by itself
			if step(trace.Take, pool, func(*operation) error { return conn.signal() }) != nil {
				return nil
			}
		}
		var answer encoder
		if err := conn.join(); err != nil {
			return err
		}
		err := conn.recvMessage(reflect.Value{}, func(d *decoder) error { return serveChunk(d, &answer, word) })
		if err != nil {
			conn.leave()
			if err == io.EOF {
				return nil
			}
			return err
		}
		err = step(trace.Give, pool, func(op *operation) error {
			err := conn.sendMessage(func(e *encoder) error {
				e.b = append(e.b, answer.b...)
				e.fds, e.conns = answer.fds, answer.conns
				return nil
			})
			if err != nil || op == nil {
				return err
			}
			if word.Load() == 0 {
				op.outcome = trace.Failed // there was nothing to do
			}
			return conn.receiveSignal()
		})
		conn.leave()
		if err == io.EOF || err == io.ErrClosedPipe {
			return nil // nobody waits for the results any more
		}
		if err != nil {
			return err
		}
	}
}

// patience is how long a worker that closed its pipe may take to end.
const patience = time.Second

// reap has a worker's process end and returns how it did.
func (w *poolWorker) reap() error {
	w.conn.close()
	done, cause := w.process.await(patience)
	if !done {
		w.process.deliver(sigkill)
		_, cause = w.process.await(-1)
	}
	if cause == nil {
		cause = fmt.Errorf("%s (pid %d) exited with code 0", w.process.name, w.process.pid)
	}
	w.process, w.conn = nil, nil
	return cause
}

// mostFutile is how many processes in a row may die before they begin a call.
const mostFutile = 3

// givesUp reports whether a worker that died after it had begun some calls is to have
// no successor.
func (w *poolWorker) givesUp(begun int) bool {
	if w.futile++; begun > 0 {
		w.futile = 0
	}
	if w.futile < mostFutile {
		return false
	}
	w.futile = 0
	return true
}
