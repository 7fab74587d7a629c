package mp

import (
	"fmt"
	"os"
	"reflect"
	"sync"
	"time"
)

// run has the pool's workers make all calls of a map, and returns when none is
// under way any more.
func (p *Pool) run(m *mapping) {
	if p == nil || p.idle == nil {
		m.report(0, fmt.Errorf("cannot map %s: a Pool is made by NewPool, not as a zero value", m.task))
		return
	}
	p.mu.RLock()
	defer p.mu.RUnlock()
	if p.closed {
		m.report(0, fmt.Errorf("cannot map %s: the pool: %w", m.task, os.ErrClosed))
		return
	}
	if m.total == 0 {
		return
	}
	if held() {
		p.runHeld(m)
		return
	}
	var group sync.WaitGroup
	for range min(p.size, m.total) {
		group.Go(func() { p.drive(m) })
	}
	group.Wait()
}

// drive runs chunks, each on the next worker that is free: maps that share a pool
// take turns.
func (p *Pool) drive(m *mapping) {
	for {
		select {
		case <-m.done:
			return
		case w := <-p.idle:
			s, ok := m.deal(p.size)
			if ok {
				p.runChunk(w, m, s)
			}
			p.idle <- w
			if !ok {
				return // a driver that puts a span back deals with it itself
			}
		}
	}
}

// runChunk has the worker make the calls of s and delivers the results.
func (p *Pool) runChunk(w *poolWorker, m *mapping, s span) {
	if w.process == nil {
		if err := p.start(w); err != nil {
			m.abandon(s, fmt.Errorf("cannot map %s: %w", m.task, err))
			return
		}
	}
	w.greet()
	w.progress.cell().Store(0)
	var refused error
	err := w.conn.sendMessage(func(e *encoder) error {
		e.text(m.task)
		e.unsigned(uint64(s.from))
		e.unsigned(uint64(s.to - s.from))
		refused = m.encode(e, s)
		if refused == nil && len(e.b) > MaxMessage {
			refused = tooLarge(len(e.b))
		}
		return refused
	})
	if refused != nil {
		m.abandon(s, fmt.Errorf("cannot map %s: %w", m.task, refused))
		return
	}
	if err == nil {
		var undecoded error
		err = w.conn.recvMessage(reflect.Value{}, func(d *decoder) error {
			spent, err := d.time()
			if err == nil {
				m.took(spent, s.to-s.from)
				err = m.decode(d, s)
			}
			undecoded = err
			return nil
		})
		if undecoded != nil {
			m.abandon(s, fmt.Errorf("cannot map %s: a result: %w", m.task, undecoded))
			return
		}
	}
	if err == nil {
		w.futile = 0
		m.settled(s.to - s.from)
		return
	}
	p.bury(w, m, s)
}

// patience is how long a worker that closed its pipe may take to end.
const patience = time.Second

// mostFutile is how many processes in a row may die before they begin a call.
const mostFutile = 3

// bury deals with a worker that died during s: it reports the calls that were
// begun, returns the others to the map, and starts another process.
func (p *Pool) bury(w *poolWorker, m *mapping, s span) {
	w.conn.close()
	done, cause := w.process.await(patience)
	if !done {
		w.process.deliver(sigkill)
		_, cause = w.process.await(-1)
	}
	if cause == nil {
		cause = fmt.Errorf("%s (pid %d) exited with code 0", w.process.name, w.process.pid)
	}
	begun := min(int(w.progress.cell().Load()), s.to-s.from)
	for i := range begun {
		err := cause
		if i < begun-1 {
			err = fmt.Errorf("its result is lost: %w", cause)
		}
		m.report(s.from+i, m.fail(s.from+i, err))
	}
	w.process, w.conn = nil, nil
	if begun > 0 {
		w.futile = 0
	} else if w.futile++; w.futile >= mostFutile {
		w.futile = 0
		m.abandon(s, fmt.Errorf("cannot map %s: workers die before they begin: %w", m.task, cause))
		return
	}
	m.putBack(span{s.from + begun, s.to})
	m.settled(begun)
	if held() {
		return
	}
	if err := p.start(w); err != nil {
		w.process = nil // whoever needs this worker next tries again
	}
}

// abandon gives the map up.
func (m *mapping) abandon(s span, err error) {
	m.report(s.from, err)
	m.stop()
}
