package mp

import (
	"errors"
	"fmt"
	"os"
	"sync"

	"lockstep/mp/trace"
)

// ErrManagerGone is reported by a proxy whose manager was closed or has died.
var ErrManagerGone = errors.New("the manager has ended")

// A Manager is a process that keeps lists and dicts for others. They use it
// through proxies, a List or a Dict, which can be passed to children, sent
// through pipes and stored in other proxies.
//
// The manager ends with Close, or when the process that made it ends. What it
// kept is gone then.
type Manager struct {
	id      identity
	name    string
	server  *Process // nil in a process that did not make the manager
	control *Conn    // the server lives until this closes
}

// serve is the manager's process.
var serve *Target2[*listener, *Conn]

func init() {
	serve = Func2("mp.manager", runServer)
	serve.t.own, serve.t.service = true, true
}

// NewManager starts a manager. It fails where no process can be started.
func NewManager() (*Manager, error) {
	clients, name, err := listen()
	if err != nil {
		return nil, fmt.Errorf("cannot make a manager: %w", err)
	}
	defer clients.close()
	control, far, err := newConns()
	if err != nil {
		return nil, fmt.Errorf("cannot make a manager: %w", err)
	}
	defer far.close()
	m := &Manager{id: newIdentity(), name: name, control: control}
	if m.server, err = serve.Start(clients, far); err != nil {
		control.close()
		return nil, fmt.Errorf("cannot make a manager: %w", err)
	}
	announce("manager", m.id, 0)
	return m, nil
}

func (m *Manager) identityString() string { return m.id.String() }

// Close ends the manager's process and joins it: every proxy reports
// ErrManagerGone from then on. Only the process that made the manager can close
// it. Closing again is an error, os.ErrClosed.
func (m *Manager) Close() (err error) {
	if m.server == nil {
		return errors.New("cannot close the manager: another process made it")
	}
	if observed {
		perform(operation{kind: trace.Close, object: m.id.String(), index: -1, method: "manager.close"}, func(op *operation) {
			err = m.close()
			op.ended(true, err)
		})
		return err
	}
	return m.close()
}

func (m *Manager) close() error {
	if err := m.control.close(); err != nil {
		return fmt.Errorf("cannot close the manager: %w", os.ErrClosed)
	}
	forgetLink(m.name)
	defer removeSocket(m.name)
	_, err := m.server.await(-1)
	return err
}

func (m *Manager) encodeHandle(e *encoder) error {
	e.identity(m.id)
	e.text(m.name)
	return nil
}

func (m *Manager) decodeHandle(d *decoder) (err error) {
	if m.id, err = d.identity(); err != nil {
		return err
	}
	m.name, err = d.text()
	return err
}

// A proxy stands for an object that a manager keeps.
type proxy struct {
	id      identity
	manager string
	object  uint64
}

func (m *Manager) newProxy(kind request, what string) (proxy, error) {
	p := proxy{id: newIdentity(), manager: m.name}
	err := p.call(func(e *encoder) error { return nil }, kind, func(d *decoder) (err error) {
		p.object, err = d.unsigned()
		return err
	})
	if err == nil {
		announce(what, p.id, 0)
	}
	return p, err
}

func (p *proxy) identityString() string { return p.id.String() }

func (p *proxy) encodeHandle(e *encoder) error {
	if p.id.number == 0 {
		return errors.New("a List or Dict that no constructor made cannot travel")
	}
	e.identity(p.id)
	e.text(p.manager)
	e.unsigned(p.object)
	return nil
}

func (p *proxy) decodeHandle(d *decoder) (err error) {
	if p.id, err = d.identity(); err != nil {
		return err
	}
	if p.manager, err = d.text(); err != nil {
		return err
	}
	p.object, err = d.unsigned()
	return err
}

// call asks the manager. What ask encodes and answer reads belongs to the kind
// of request.
func (p *proxy) call(ask func(*encoder) error, kind request, answer func(*decoder) error) error {
	if p.manager == "" {
		return errors.New("a List or Dict is made by NewList or NewDict, not as a zero value")
	}
	link, err := linkTo(p.manager)
	if err != nil {
		return err
	}
	return link.call(kind, p.object, ask, answer)
}

// A link is this process's connection to a manager; its goroutines take turns.
type link struct {
	name   string
	mu     sync.Mutex
	stream stream
	gone   bool
	in     frames
	out    []byte
}

var links struct {
	mu     sync.Mutex
	byName map[string]*link
}

func linkTo(name string) (*link, error) {
	links.mu.Lock()
	defer links.mu.Unlock()
	if l := links.byName[name]; l != nil {
		return l, nil
	}
	stream, err := dial(name)
	if err != nil {
		return nil, err
	}
	l := &link{name: name, stream: stream, in: frames{stream: stream}}
	if links.byName == nil {
		links.byName = map[string]*link{}
	}
	links.byName[name] = l
	return l, nil
}

// forgetLink closes the connection to a manager that is gone.
func forgetLink(name string) {
	links.mu.Lock()
	l := links.byName[name]
	delete(links.byName, name)
	links.mu.Unlock()
	if l != nil {
		l.mu.Lock()
		l.stream.close()
		l.gone = true
		l.mu.Unlock()
	}
}

func (l *link) call(kind request, object uint64, ask func(*encoder) error, answer func(*decoder) error) error {
	l.mu.Lock()
	reply, err := l.exchange(kind, object, ask)
	if err == nil {
		defer l.mu.Unlock()
		return answer(newDecoder(reply, nil))
	}
	l.mu.Unlock()
	if err == ErrManagerGone {
		forgetLink(l.name)
	}
	return err
}

// exchange sends a request and returns the body of a good reply, which is valid
// until the next exchange.
func (l *link) exchange(kind request, object uint64, ask func(*encoder) error) ([]byte, error) {
	if l.gone {
		return nil, ErrManagerGone
	}
	e := &encoder{b: append(l.out[:0], 0, 0, 0, 0, byte(kind))}
	defer e.release()
	e.unsigned(object)
	if err := ask(e); err != nil {
		return nil, err
	}
	if len(e.fds) > 0 {
		return nil, errors.New("a manager cannot keep a Conn")
	}
	if len(e.b) > MaxMessage {
		return nil, tooLarge(len(e.b))
	}
	putFrame(e.b)
	if cap(e.b) <= keepMost {
		l.out = e.b
	}
	if err := l.stream.write(e.b); err != nil {
		return nil, ErrManagerGone
	}
	reply, err := l.in.next()
	if err != nil {
		return nil, ErrManagerGone
	}
	if len(reply) == 0 {
		return nil, errDamaged
	}
	return reply[1:], verdict(reply[0]).err()
}
