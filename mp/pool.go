package mp

import (
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"sync"
	"sync/atomic"
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
	conn     *Conn
	progress *Value[uint32] // the call that it is in, within its chunk
	fresh    bool           // it has not been heard of yet
	futile   int            // processes in a row that died before they began a call
}

// work is a worker's process.
var work *Target2[*Conn, *Value[uint32]]

func init() { work = Func2("mp.worker", runWorker) }

// NewPool starts a pool of n workers. It fails for n < 1, and where that many
// processes can't be started.
func NewPool(n int) (*Pool, error) {
	if n < 1 {
		return nil, fmt.Errorf("cannot make a pool of %d workers", n)
	}
	p := &Pool{id: newIdentity(), idle: make(chan *poolWorker, n)}
	for range n {
		w := &poolWorker{progress: NewValue[uint32](0)}
		if err := w.start(); err != nil {
			p.Close()
			return nil, fmt.Errorf("cannot make a pool of %d workers: %w", n, err)
		}
		p.size++
		go func() { // a map need not wait for the worker that comes up last
			w.greet()
			p.idle <- w
		}()
	}
	return p, nil
}

// Close waits for the maps under way, ends the workers and joins them. A map on a
// closed pool is an error, os.ErrClosed, and so is closing it again.
func (p *Pool) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return fmt.Errorf("cannot close the pool: %w", os.ErrClosed)
	}
	p.closed = true
	var workers []*poolWorker
	for range p.size {
		w := <-p.idle
		if w.process != nil {
			w.conn.close()
			workers = append(workers, w)
		}
	}
	var errs []error
	for _, w := range workers {
		if _, err := w.process.await(-1); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (p *Pool) identityString() string { return p.id.String() }

// start starts the worker's process.
func (w *poolWorker) start() error {
	near, far, err := Pipe()
	if err != nil {
		return err
	}
	defer far.close()
	process, err := work.Start(far, w.progress)
	if err != nil {
		near.close()
		return err
	}
	w.process, w.conn, w.fresh = process, near, !observed
	return nil
}

// greet waits until the worker is up, or has died: then the next chunk will show.
func (w *poolWorker) greet() {
	if w.fresh {
		w.conn.recvMessage(reflect.Value{}, func(*decoder) error { return nil })
		w.fresh = false
	}
}

// runWorker runs chunks until its pool closes the pipe or is gone.
func runWorker(conn *Conn, progress *Value[uint32]) error {
	word := (*atomic.Uint32)(at(progress.offset + cellOffset))
	if !observed {
		conn.sendMessage(func(*encoder) error { return nil }) // for greet
	}
	for {
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
		err = conn.sendMessage(func(e *encoder) error {
			e.b = append(e.b, answer.b...)
			e.fds, e.conns = answer.fds, answer.conns
			return nil
		})
		conn.leave()
		if err != nil {
			return err
		}
	}
}
