package mp

import (
	"fmt"
	"os"
	"reflect"
	"sync"
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
			if !ok {
				p.idle <- w
				return // a driver that puts a span back deals with it itself
			}
			p.runChunk(w, m, s)
			if w.fresh {
				go p.welcome(w)
			} else {
				p.idle <- w
			}
		}
	}
}

// runChunk has the worker make the calls of s and delivers the results.
func (p *Pool) runChunk(w *poolWorker, m *mapping, s span) {
	if w.process == nil {
		err := w.lost
		if w.lost = nil; err != nil {
			m.abandon(s, diesEarly(err))
			return
		}
		if err := p.start(w); err != nil {
			m.abandon(s, err)
			return
		}
	}
	w.greet()
	refused, err := w.send(m, s)
	if refused != nil {
		m.abandon(s, refused)
		if !controlled() {
			return
		}
		s.to = s.from // it has asked: it is given no call to make
		_, err = w.send(m, s)
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
			m.abandon(s, fmt.Errorf("a result: %w", undecoded))
		}
	}
	if err != nil {
		p.bury(w, m, s)
		return
	}
	w.futile = 0
	m.settled(s.to - s.from)
	if controlled() {
		w.conn.signal()
		w.fresh = true
	}
}

// send sends a chunk. Where an argument can't be sent, nothing is.
func (w *poolWorker) send(m *mapping, s span) (refused, err error) {
	w.progress.cell().Store(0)
	err = w.conn.sendMessage(func(e *encoder) error {
		e.text(m.task)
		e.unsigned(uint64(s.from))
		e.unsigned(uint64(s.to - s.from))
		refused = m.encode(e, s)
		if refused == nil && len(e.b) > MaxMessage {
			refused = tooLarge(len(e.b))
		}
		return refused
	})
	return refused, err
}

// bury deals with a worker that died during s: it reports the calls that were
// begun, returns the others to the map, and starts another process.
func (p *Pool) bury(w *poolWorker, m *mapping, s span) {
	cause := w.reap()
	begun := min(int(w.progress.cell().Load()), s.to-s.from)
	for i := range begun {
		err := cause
		if i < begun-1 {
			err = fmt.Errorf("its result is lost: %w", cause)
		}
		m.report(s.from+i, m.fail(s.from+i, err))
	}
	if w.givesUp(begun) {
		m.abandon(s, diesEarly(cause))
		return
	}
	m.putBack(span{s.from + begun, s.to})
	m.settled(begun)
	p.start(w)
}

// diesEarly is the error of a worker that gave up; cause is how it ended last.
func diesEarly(cause error) error { return fmt.Errorf("workers die before they begin: %w", cause) }

// abandon gives the map up.
func (m *mapping) abandon(s span, err error) {
	m.report(s.from, fmt.Errorf("cannot map %s: %w", m.task, err))
	m.stop()
}
