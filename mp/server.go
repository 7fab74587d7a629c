package mp

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"sync"
)

// A request says what a client wants of a manager.
type request byte

const (
	makeList request = iota
	makeDict
	listAppend
	listGet
	listSet
	listInsert
	listRemove
	listLen
	listExtend
	listIndex
	listSort
	listAll
	dictGet
	dictSet
	dictDelete
	dictPop
	dictSetDefault
	dictUpdate
	dictLen
	dictKeys
	dictAll
)

// A verdict begins every reply.
type verdict byte

const (
	fine verdict = iota
	outOfRange
	noObject
	notUnderstood
)

func (v verdict) err() error {
	switch v {
	case fine:
		return nil
	case outOfRange:
		return ErrIndex
	case noObject:
		return fmt.Errorf("the manager does not know the object")
	default:
		return errDamaged
	}
}

// A server keeps the objects of one manager. Keys and values stay as they were
// encoded: the server knows no types.
type server struct {
	mu    sync.Mutex
	lists map[uint64]*list
	dicts map[uint64]*entries
	last  uint64
}

// A list is its elements, and how often it has been changed.
type list struct {
	all     [][]byte
	changes uint64
}

func newServer() *server {
	return &server{lists: map[uint64]*list{}, dicts: map[uint64]*entries{}}
}

// runServer serves clients until the other end of control closes.
func runServer(clients *listener, control *Conn) error {
	s := newServer()
	go func() {
		for {
			client, err := clients.accept()
			if err != nil {
				fmt.Fprintln(os.Stderr, "mp.manager: cannot accept a client:", err)
				os.Exit(exitFailed)
			}
			go s.serve(client)
		}
	}()
	control.wire.poll(-1)
	return nil
}

func (s *server) serve(from incoming) {
	client, err := from.open()
	if err != nil {
		return
	}
	defer client.close()
	in := frames{stream: client}
	e := &encoder{}
	for {
		ask, err := in.next()
		if err != nil {
			return
		}
		if cap(e.b) > keepMost {
			e.b = nil
		}
		e.b = append(e.b[:0], 0, 0, 0, 0, byte(fine))
		s.mu.Lock()
		v := s.answer(ask, e)
		s.mu.Unlock()
		if v != fine {
			e.b = e.b[:frameHead+1]
			e.b[frameHead] = byte(v)
		}
		putFrame(e.b)
		if client.write(e.b) != nil {
			return
		}
	}
}

// answer does what a request asks and appends the reply's body to e.
func (s *server) answer(ask []byte, e *encoder) verdict {
	d := newDecoder(ask, nil)
	kind, err := d.octet()
	if err != nil {
		return notUnderstood
	}
	object, err := d.unsigned()
	if err != nil {
		return notUnderstood
	}
	switch r := request(kind); {
	case r == makeList:
		s.last++
		s.lists[s.last] = &list{}
		e.unsigned(s.last)
		return fine
	case r == makeDict:
		s.last++
		s.dicts[s.last] = newEntries()
		e.unsigned(s.last)
		return fine
	case r <= listAll:
		if l := s.lists[object]; l != nil {
			return answerList(l, r, d, e)
		}
	case r <= dictAll:
		if m := s.dicts[object]; m != nil {
			return answerDict(m, r, d, e)
		}
	}
	return noObject
}

func answerList(l *list, r request, d *decoder, e *encoder) verdict {
	var at int
	switch r {
	case listGet, listSet, listInsert, listRemove:
		i, err := d.unsigned()
		if err != nil {
			return notUnderstood
		}
		last := uint64(len(l.all))
		if r != listInsert {
			last--
		}
		if len(l.all) == 0 && r != listInsert || i > last {
			return outOfRange
		}
		at = int(i)
	}
	switch r {
	case listAppend, listSet, listInsert, listRemove, listExtend:
		l.changes++
	}
	switch r {
	case listAppend:
		l.all = append(l.all, clone(d.b))
	case listGet:
		e.b = append(e.b, l.all[at]...)
	case listSet:
		l.all[at] = append(l.all[at][:0], d.b...)
	case listInsert:
		l.all = append(l.all, nil)
		copy(l.all[at+1:], l.all[at:])
		l.all[at] = clone(d.b)
	case listRemove:
		e.b = append(e.b, l.all[at]...)
		copy(l.all[at:], l.all[at+1:])
		l.all[len(l.all)-1] = nil
		l.all = l.all[:len(l.all)-1]
	case listExtend:
		n, err := d.counted()
		if err != nil {
			return notUnderstood
		}
		more := make([][]byte, n)
		for i := range more {
			x, err := d.blob()
			if err != nil {
				return notUnderstood
			}
			more[i] = clone(x)
		}
		l.all = append(l.all, more...)
	case listIndex:
		at := slices.IndexFunc(l.all, func(x []byte) bool { return bytes.Equal(x, d.b) })
		e.unsigned(uint64(at + 1)) // 0: nowhere
	case listSort:
		return l.sort(d, e)
	case listLen:
		e.unsigned(uint64(len(l.all)))
	case listAll:
		e.unsigned(l.changes)
		e.unsigned(uint64(len(l.all)))
		for _, x := range l.all {
			e.blob(x)
		}
	}
	return fine
}

// sort puts the elements into the order that a client has found, unless the list has been
// changed since that client has seen them, and replies whether it did.
func (l *list) sort(d *decoder, e *encoder) verdict {
	changes, err := d.unsigned()
	if err != nil {
		return notUnderstood
	}
	if changes != l.changes {
		e.b = append(e.b, 0)
		return fine
	}
	sorted, had := make([][]byte, len(l.all)), make([]bool, len(l.all))
	for i := range sorted {
		at, err := d.unsigned()
		if err != nil || at >= uint64(len(l.all)) || had[at] {
			return notUnderstood
		}
		sorted[i], had[at] = l.all[at], true
	}
	l.all = sorted
	l.changes++
	e.b = append(e.b, 1)
	return fine
}

func answerDict(m *entries, r request, d *decoder, e *encoder) verdict {
	var key []byte
	switch r {
	case dictGet, dictSet, dictDelete, dictPop, dictSetDefault:
		var err error
		if key, err = d.blob(); err != nil {
			return notUnderstood
		}
	}
	switch r {
	case dictGet, dictPop, dictSetDefault:
		x, ok := m.get(key)
		if ok {
			e.b = append(append(e.b, 1), x...)
		} else {
			e.b = append(e.b, 0)
		}
		switch {
		case r == dictPop:
			m.delete(key)
		case r == dictSetDefault && !ok:
			m.set(key, d.b)
		}
	case dictUpdate:
		n, err := d.counted()
		if err != nil {
			return notUnderstood
		}
		more := make([][2][]byte, n)
		for i := range more {
			k, err1 := d.blob()
			x, err2 := d.blob()
			if firstError(err1, err2) != nil {
				return notUnderstood
			}
			more[i] = [2][]byte{k, x}
		}
		for _, x := range more {
			m.set(x[0], x[1])
		}
	case dictSet:
		m.set(key, d.b)
	case dictDelete:
		m.delete(key)
	case dictLen:
		e.unsigned(uint64(m.len()))
	case dictKeys, dictAll:
		e.unsigned(uint64(m.len()))
		for k, x := range m.all() {
			e.text(k)
			if r == dictAll {
				e.blob(x)
			}
		}
	}
	return fine
}

func clone(b []byte) []byte { return append([]byte(nil), b...) }
