package mp

import (
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"lockstep/mp/trace"
)

// A Pool is a number of worker processes that run tasks. Several goroutines may
// map on one pool at the same time; they share its workers.
type Pool struct {
	id   identity
	size int
	idle chan *poolWorker // holds every worker that runs nothing

	mu     sync.RWMutex // held for reading by every map under way
	closed bool
}

// A poolWorker is a worker process as its pool sees it.
type poolWorker struct {
	process  *Process
	path     string // of its process, or the last
	conn     *Conn
	progress *Value[uint32] // the call that it is in, within its chunk
	fresh    bool           // it has not asked for a chunk yet
	futile   int            // processes in a row that died before they began a call
	lost     error          // how the last of too many of them ended; process is nil
}

// work is a worker's process.
var work *Target3[*Conn, *Value[uint32], string]

func init() {
	work = Func3("mp.worker", runWorker)
	work.t.own = true
}

// NewPool starts a pool of n workers and returns as soon as the first has been
// started: the others follow while the caller goes on. It fails for n < 1, and where
// no process can be started. A later worker that can't be started is tried again
// when a map needs it; that map fails if it still can't.
func NewPool(n int) (*Pool, error) {
	if n < 1 {
		return nil, fmt.Errorf("cannot make a pool of %d workers", n)
	}
	p := &Pool{id: newIdentity(), idle: make(chan *poolWorker, n)}
	announce("pool", p.id, n)
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

// Close waits for the maps under way, ends the workers and joins them. A map on a
// closed pool is an error, os.ErrClosed, and so is closing it again.
func (p *Pool) Close() (err error) {
	if observed {
		perform(operation{kind: trace.Close, object: p.identityString(), index: -1, method: "pool.close"}, func(op *operation) {
			err = p.close()
			op.ended(true, err)
		})
		return err
	}
	return p.close()
}

func (p *Pool) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return fmt.Errorf("cannot close the pool: %w", os.ErrClosed)
	}
	p.closed = true
	// All are up before the first is let go: a pool of four is four processes, however
	// little there was to do. Controlled ones may come only when others have gone.
	var workers []*poolWorker
	var errs []error
	for range p.size {
		w := <-p.idle
		switch {
		case w.process != nil:
			workers = append(workers, w)
			if controlled() {
				w.conn.close()
			}
		case w.lost != nil:
			errs = append(errs, w.lost)
		}
	}
	for _, w := range workers {
		w.conn.close()
	}
	for _, w := range workers {
		if _, err := w.process.await(-1); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
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
	o, err := newOrder(work.t, w.path, far, w.progress, p.id.String())
	if err != nil {
		near.close()
		far.close()
		return nil, err
	}
	w.path = o.p.path
	return func() error {
		defer far.close()
		process, err := o.launch()
		if err != nil {
			near.close()
			return err
		}
		w.process, w.conn, w.fresh = process, near, true
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
