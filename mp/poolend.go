package mp

import (
	"errors"
	"fmt"
	"os"

	"lockstep/mp/trace"
)

// ErrPoolTerminated is the error of what Pool.Terminate has cut short, and of all that the
// pool is asked for afterwards.
var ErrPoolTerminated = errors.New("the pool has been terminated")

var errNoPool = errors.New("a Pool is made by NewPool, not as a zero value")

// Close has the workers make all calls that they were given by maps and by Go, also those
// of loops that have not come so far, ends them and joins them. Results can still be had. A
// map on a closed pool is an error, os.ErrClosed, and so is closing it again. After
// Terminate it does nothing.
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
	if p == nil || p.idle == nil {
		return fmt.Errorf("cannot close the pool: %w", errNoPool)
	}
	p.mu.Lock()
	closed, terminated := p.closed, p.terminated
	p.closed = true
	p.mu.Unlock()
	switch {
	case terminated:
		return nil
	case closed:
		return fmt.Errorf("cannot close the pool: %w", os.ErrClosed)
	}
	err := p.release()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.terminated {
		return ErrPoolTerminated
	}
	return err
}

// Terminate ends the pool at once. Its workers are killed, as by Process.Kill: a lock that
// one holds passes to others (ErrOwnerDied), and processes that one has started live on. Calls
// that nobody has begun are not made. Results that have come can still be had; all else that
// is under way ends with ErrPoolTerminated: a Future, a Map, which returns the results that
// it has, a loop, whose last error it is, and a Close. So does all that the pool is asked for
// later, but for Close and Terminate, which do nothing then.
//
// It returns when the workers have ended, and waits for nothing else. The error says which
// of them could not be killed.
func (p *Pool) Terminate() error {
	if p == nil || p.idle == nil {
		return fmt.Errorf("cannot terminate the pool: %w", errNoPool)
	}
	var doomed []*Process
	var closed bool
	if observed {
		perform(operation{kind: trace.Close, object: p.id.String(), index: -1, method: "pool.terminate"}, func(*operation) {
			doomed, closed = p.condemn()
		})
	} else {
		doomed, closed = p.condemn()
	}
	var errs []error
	for _, w := range doomed {
		errs = append(errs, w.Kill())
	}
	if closed {
		<-p.over
	} else {
		p.release() // which reports that they were killed
	}
	return errors.Join(errs...)
}

// condemn has nothing more be begun, and returns the workers to be killed, none where all
// have ended. closed says whether somebody else joins them.
func (p *Pool) condemn() (doomed []*Process, closed bool) {
	p.gate.Lock() // after those that are about to be started
	defer p.gate.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	closed, p.closed, p.terminated = p.closed, true, true
	for _, m := range p.turns {
		m.cut()
		m.finish()
	}
	p.turns = nil
	select {
	case <-p.over:
		return nil, true
	default:
	}
	for _, w := range p.workers {
		if w.last != nil {
			doomed = append(doomed, w.last)
		}
	}
	return doomed, closed
}

// release ends the workers and joins them.
func (p *Pool) release() error {
	defer close(p.over)
	// All are up before the first is let go: a pool of four is four processes, however
	// little there was to do.
	var workers []*poolWorker
	var errs []error
	for _, w := range p.dismiss() {
		switch {
		case w.process != nil:
			workers = append(workers, w)
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

// dismiss deals what is left, and returns the workers, each as soon as there is nothing
// more for it to do.
func (p *Pool) dismiss() (workers []*poolWorker) {
	for len(workers) < p.size {
		w := <-p.idle
		p.mu.Lock()
		m, s := p.deal()
		p.mu.Unlock()
		if m != nil {
			p.driving.Go(func() { p.employ(w, m, s) })
			continue
		}
		workers = append(workers, w)
		if w.process != nil && controlled() { // others may come only when it has gone
			w.conn.close()
		}
	}
	for _, w := range workers {
		p.idle <- w // for drivers, who find nothing to do and end
	}
	p.driving.Wait()
	return workers
}
