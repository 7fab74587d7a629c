package mp

import (
	"fmt"
	"os"
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
	listAll
	dictGet
	dictSet
	dictDelete
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
	lists map[uint64]*[][]byte
	dicts map[uint64]*entries
	last  uint64
}

func newServer() *server {
	return &server{lists: map[uint64]*[][]byte{}, dicts: map[uint64]*entries{}}
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
		s.lists[s.last] = new([][]byte)
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

func answerList(l *[][]byte, r request, d *decoder, e *encoder) verdict {
	var at int
	switch r {
	case listGet, listSet, listInsert, listRemove:
		i, err := d.unsigned()
		if err != nil {
			return notUnderstood
		}
		last := uint64(len(*l))
		if r != listInsert {
			last--
		}
		if len(*l) == 0 && r != listInsert || i > last {
			return outOfRange
		}
		at = int(i)
	}
	switch r {
	case listAppend:
		*l = append(*l, clone(d.b))
	case listGet:
		e.b = append(e.b, (*l)[at]...)
	case listSet:
		(*l)[at] = append((*l)[at][:0], d.b...)
	case listInsert:
		*l = append(*l, nil)
		copy((*l)[at+1:], (*l)[at:])
		(*l)[at] = clone(d.b)
	case listRemove:
		e.b = append(e.b, (*l)[at]...)
		copy((*l)[at:], (*l)[at+1:])
		(*l)[len(*l)-1] = nil
		*l = (*l)[:len(*l)-1]
	case listLen:
		e.unsigned(uint64(len(*l)))
	case listAll:
		e.unsigned(uint64(len(*l)))
		for _, x := range *l {
			e.blob(x)
		}
	}
	return fine
}

func answerDict(m *entries, r request, d *decoder, e *encoder) verdict {
	var key []byte
	switch r {
	case dictGet, dictSet, dictDelete:
		var err error
		if key, err = d.blob(); err != nil {
			return notUnderstood
		}
	}
	switch r {
	case dictGet:
		if x, ok := m.get(key); ok {
			e.b = append(append(e.b, 1), x...)
		} else {
			e.b = append(e.b, 0)
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
