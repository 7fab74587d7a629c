package mp

import (
	"errors"
	"fmt"
	"sync/atomic"
)

// shared is what every handle to an object in the arena consists of. An object
// begins on a cache line; its first sixteen words are at hand.
type shared struct {
	words  *[cacheLine / 4]atomic.Uint32 // nil in a handle that no constructor made
	offset int64
	id     identity
	err    error // why there are no words
}

// reserve makes an object of n bytes, all zero. what is its name for errors.
func (s *shared) reserve(what string, n int64) {
	s.id = newIdentity()
	offset, err := allocate(n)
	if err != nil {
		s.err = fmt.Errorf("cannot make %s: %w", what, err)
		return
	}
	s.place(offset)
}

func (s *shared) place(offset int64) {
	s.offset, s.words = offset, (*[cacheLine / 4]atomic.Uint32)(at(offset))
}

// Err returns why the object could not be made, or nil.
func (s *shared) Err() error { return s.err }

var errZero = errors.New("mp: a shared object is made by its New function, not as a zero value")

// check panics, with a plain message, for a handle without an object.
func (s *shared) check() {
	if s.words == nil {
		panic(s.reason())
	}
}

func (s *shared) reason() error {
	if s.err != nil {
		return s.err
	}
	return errZero
}

func (s *shared) identityString() string { return s.id.String() }

func (s *shared) encodeHandle(e *encoder) error {
	if s.words == nil {
		return s.reason()
	}
	e.unsigned(uint64(s.offset))
	e.identity(s.id)
	return nil
}

func (s *shared) decodeHandle(d *decoder) error {
	offset, err := d.unsigned()
	if err != nil {
		return err
	}
	if s.id, err = d.identity(); err != nil {
		return err
	}
	if err := inside(int64(offset), cacheLine); err != nil {
		return err
	}
	s.place(int64(offset))
	return nil
}
