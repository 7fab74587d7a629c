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

	"lockstep/mp/trace"
)

// A Pool is a number of worker processes that run tasks. Several goroutines may
// map on one pool at the same time; they share its workers.
type Pool struct {
	id   identity
	size int
	idle chan *poolWorker // holds every worker that runs nothing
	want chan *poolWorker // held pools: workers that ask for a chunk

	mu     sync.RWMutex // held for reading by every map under way
	closed bool
}

// A poolWorker is a worker process as its pool sees it.
type poolWorker struct {
	process  *Process
	conn     *Conn
	progress *Value[uint32] // the call that it is in, within its chunk
	fresh    bool           // it has not been heard of yet
	futile   int            // processes in a row that died before they began a call
	served   chan bool      // held pools: whether it may ask again
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
	p := &Pool{id: newIdentity(), idle: make(chan *poolWorker, n), want: make(chan *poolWorker)}
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
			w.greet()
			p.idle <- w
			<-starting
		}()
		return err
	}
	var later []func()
	for range n {
		w := &poolWorker{progress: newValue[uint32](0), served: make(chan bool)}
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
	// little there was to do.
	var workers []*poolWorker
	for range p.size {
		if w := <-p.idle; w.process != nil {
			workers = append(workers, w)
		}
	}
	for _, w := range workers {
		if held() {
			w.conn.wire.stopWriting() // somebody listens, who keeps it open
		}
		w.conn.close()
	}
	var errs []error
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

// start starts a worker's process.
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
	o, err := newOrder(work.t, far, w.progress, p.id.String())
	if err != nil {
		near.close()
		far.close()
		return nil, err
	}
	return func() error {
		defer far.close()
		process, err := o.launch()
		if err != nil {
			near.close()
			return err
		}
		w.process, w.conn, w.fresh = process, near, !held()
		if held() {
			go p.listen(w)
		}
		return nil
	}, nil
}

// greet waits until the worker is up, or has died: then the next chunk will show.
func (w *poolWorker) greet() {
	if w.fresh {
		w.conn.recvMessage(reflect.Value{}, func(*decoder) error { return nil })
		w.fresh = false
	}
}

// runWorker runs chunks until its pool closes the pipe or is gone.
func runWorker(conn *Conn, progress *Value[uint32], pool string) error {
	word := (*atomic.Uint32)(at(progress.offset + cellOffset))
	if !held() {
		conn.sendMessage(func(*encoder) error { return nil }) // for greet
	}
	for {
		if held() && !takeTurn(conn, pool) {
			return nil
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
		reply := func() error {
			return conn.sendMessage(func(e *encoder) error {
				e.b = append(e.b, answer.b...)
				e.fds, e.conns = answer.fds, answer.conns
				return nil
			})
		}
		if held() {
			err = giveResults(conn, pool, reply)
		} else {
			err = reply()
		}
		conn.leave()
		if err != nil {
			return err
		}
	}
}
