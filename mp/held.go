package mp

import (
	"reflect"
	"sync"

	"lockstep/mp/trace"
)

// A pool whose processes are held at their operations hands a chunk to a worker
// only when the worker has been let go to take one, and a worker gets on only when
// its results have arrived: what is dealt and what comes back, and in which order,
// is then up to who lets the processes go.

// held says whether somebody decides when this process's operations go on.
func held() bool { return observed && watch.ask }

// takeTurn asks the pool for a chunk, which follows. It returns false when there
// will be none.
func takeTurn(conn *Conn, pool string) (ok bool) {
	perform(operation{kind: trace.Take, object: pool, index: -1, site: nowhere}, func(*operation) {
		ok = conn.sendMessage(func(*encoder) error { return nil }) == nil
	})
	return ok
}

// giveResults replies and waits until the reply has been taken.
func giveResults(conn *Conn, pool string, reply func() error) (err error) {
	perform(operation{kind: trace.Give, object: pool, index: -1, site: nowhere}, func(*operation) {
		if err = reply(); err == nil {
			err = conn.recvMessage(reflect.Value{}, func(*decoder) error { return nil })
		}
	})
	return err
}

// listen waits for what a worker asks.
func (p *Pool) listen(w *poolWorker) {
	conn := w.conn
	for {
		if conn.join() != nil {
			return
		}
		err := conn.recvMessage(reflect.Value{}, func(*decoder) error { return nil })
		conn.leave()
		if err != nil {
			return
		}
		p.want <- w
		if !<-w.served {
			return
		}
	}
}

// runHeld is run for a held pool.
func (p *Pool) runHeld(m *mapping) {
	var group sync.WaitGroup
	defer group.Wait()
	var early []*poolWorker // ask for the next map's chunks
	defer func() {
		for _, w := range early {
			go func() { p.want <- w }()
		}
	}()
	for {
		select {
		case <-m.done:
			return
		case w := <-p.want:
			s, ok := m.deal(p.size)
			if !ok {
				early = append(early, w)
				continue
			}
			group.Go(func() {
				p.runChunk(w, m, s)
				if w.process == nil { // it died, and is not replaced
					if s.to-s.from > 1 {
						watch.entangle() // what it left of its chunk is nobody's
					}
					w.served <- false
					return
				}
				w.conn.sendMessage(func(*encoder) error { return nil })
				w.served <- true
			})
		}
	}
}

// A loop is how a map's results are taken.
type loop[R any] interface {
	start(run func())
	next(<-chan delivery[R]) (delivery[R], bool)
	stop(drain func())
}

type plainLoop[R any] struct{}

func (plainLoop[R]) start(run func())  { run() }
func (plainLoop[R]) stop(drain func()) { drain() }
func (plainLoop[R]) next(out <-chan delivery[R]) (delivery[R], bool) {
	x, ok := <-out
	return x, ok
}

// heldLoop has an operation for each result that the student's loop takes.
type heldLoop[R any] struct{ op operation }

func (l heldLoop[R]) start(run func()) {
	op := l.op
	op.method = "loop"
	perform(op, func(*operation) { run() })
}

func (l heldLoop[R]) next(out <-chan delivery[R]) (x delivery[R], ok bool) {
	op := operation{kind: trace.Next, object: l.op.object, name: l.op.name, index: -1}
	perform(op, func(op *operation) {
		if x, ok = <-out; ok && x.err == nil {
			op.result = x.values
		} else if ok {
			op.ended(true, x.err)
		}
	})
	return x, ok
}

func (l heldLoop[R]) stop(drain func()) {
	op := operation{kind: trace.Map, object: l.op.object, name: l.op.name, index: -1, method: "stop"}
	perform(op, func(*operation) { drain() })
}
