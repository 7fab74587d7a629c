package mp

import (
	"fmt"
	"os"
	"reflect"
	"slices"
	"time"
)

// submit has the pool's workers make all calls of a map. It does not wait for them.
func (p *Pool) submit(m *mapping) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.terminated:
		return m.refused(ErrPoolTerminated)
	case p.closed:
		return m.refused(fmt.Errorf("the pool: %w", os.ErrClosed))
	}
	if m.finish(); m.more() {
		p.turns = append(p.turns, m)
		p.hire(m.total)
	}
	return nil
}

// hire has up to n more goroutines deal chunks. They are never more than the workers,
// however much there is to deal, and end when there is nothing.
func (p *Pool) hire(n int) {
	for ; n > 0 && p.drivers < p.size; n-- {
		p.drivers++
		p.driving.Go(p.drive)
	}
}

// drive runs chunks, each on the next worker that is free.
func (p *Pool) drive() {
	for {
		w := <-p.idle
		p.mu.Lock()
		m, s := p.deal()
		if m == nil {
			p.drivers--
		}
		p.mu.Unlock()
		if m == nil {
			p.idle <- w
			return // a driver that puts a span back deals with it itself
		}
		p.employ(w, m, s)
	}
}

// employ has a worker make the calls of s, and waits for it.
func (p *Pool) employ(w *poolWorker, m *mapping, s span) {
	p.runChunk(w, m, s)
	p.settle(m)
	if w.fresh {
		go p.welcome(w)
	} else {
		p.idle <- w
	}
}

// deal takes the next chunk of the map whose turn it is; nil: there is nothing to do. The
// caller holds mu.
func (p *Pool) deal() (*mapping, span) {
	for i, m := range p.turns {
		s, ok := m.deal(p.size, p.closed)
		if !ok {
			continue // it waits for its loop
		}
		copy(p.turns[1:], p.turns[:i])
		p.turns[0] = nil
		if p.turns = p.turns[1:]; m.more() {
			p.turns = append(p.turns, m)
		}
		m.running++
		return m, s
	}
	return nil, span{}
}

// settle notes that a worker is done with a chunk.
func (p *Pool) settle(m *mapping) {
	p.mu.Lock()
	defer p.mu.Unlock()
	m.running--
	m.finish()
}

// putBack returns what a dead worker never began. That is dealt next.
func (p *Pool) putBack(m *mapping, s span) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if s.from < s.to && !m.stopped {
		m.again = append(m.again, s)
		p.remove(m)
		p.turns = slices.Insert(p.turns, 0, m)
	}
}

// remove takes a map's turn away.
func (p *Pool) remove(m *mapping) {
	p.turns = slices.DeleteFunc(p.turns, func(other *mapping) bool { return other == m })
}

// stop deals no more of a map.
func (p *Pool) stop(m *mapping) {
	p.mu.Lock()
	defer p.mu.Unlock()
	m.stopped = true
	p.remove(m)
	m.finish()
}

// took notes how long the calls of a chunk took.
func (p *Pool) took(m *mapping, d time.Duration, calls int) {
	m.pace.Store(max(int64(d)/int64(max(calls, 1)), 1))
	p.mu.Lock()
	m.known = true
	p.mu.Unlock()
}

// looped notes that a loop has come to results: workers may go on.
func (p *Pool) looped(m *mapping, results int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if m.taken += results; m.more() && !p.closed {
		p.hire(1)
	}
}

// runChunk has the worker make the calls of s and delivers the results.
func (p *Pool) runChunk(w *poolWorker, m *mapping, s span) {
	if w.process == nil {
		err := w.lost
		if w.lost = nil; err != nil {
			p.abandon(m, s, diesEarly(err))
			return
		}
		if err := p.start(w); err != nil {
			p.abandon(m, s, err)
			return
		}
	}
	w.greet()
	refused, err := w.send(m, s)
	if refused != nil {
		p.abandon(m, s, refused)
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
				p.took(m, spent, s.to-s.from)
				err = m.decode(d, s)
			}
			undecoded = err
			return nil
		})
		if undecoded != nil {
			p.abandon(m, s, fmt.Errorf("a result: %w", undecoded))
		}
	}
	if err != nil {
		p.bury(w, m, s)
		return
	}
	w.futile = 0
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
		e.unsigned(uint64(m.first + s.from))
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
// begun, returns the others to the map, and starts another process. Of a pool that has been
// terminated none of that.
func (p *Pool) bury(w *poolWorker, m *mapping, s span) {
	cause := w.reap()
	p.mu.Lock()
	terminated := p.terminated
	p.mu.Unlock()
	if terminated {
		p.abandon(m, s, ErrPoolTerminated)
		return
	}
	begun := min(int(w.progress.cell().Load()), s.to-s.from)
	for i := range begun {
		err := cause
		if i < begun-1 {
			err = fmt.Errorf("its result is lost: %w", cause)
		}
		m.report(s.from+i, m.fail(s.from+i, err))
	}
	if w.givesUp(begun) {
		p.abandon(m, s, diesEarly(cause))
		return
	}
	p.putBack(m, span{s.from + begun, s.to})
	p.start(w)
}

// diesEarly is the error of a worker that gave up; cause is how it ended last.
func diesEarly(cause error) error { return fmt.Errorf("workers die before they begin: %w", cause) }

// abandon gives a map up.
func (p *Pool) abandon(m *mapping, s span, err error) {
	if err == ErrPoolTerminated {
		p.mu.Lock()
		m.cut()
		p.mu.Unlock()
	} else {
		m.report(s.from, m.refused(err))
	}
	p.stop(m)
}
