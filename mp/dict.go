package mp

import (
	"fmt"
)

// A Dict is a proxy for a dict that a manager keeps. Each method is one exchange
// with the manager's process, atomic by itself; two are not: between a Get and
// the Set that depends on it another process may change the entry, and its work
// is lost. Hold a Lock across both.
//
// Two keys are the same when they are encoded the same; for all but floating
// point numbers that is Go's ==. Every method reports ErrManagerGone when the
// manager has ended, and waits for nothing but the manager's answer.
type Dict[K comparable, V any] struct{ proxy }

// NewDict makes an empty dict.
func NewDict[K comparable, V any](m *Manager) (*Dict[K, V], error) {
	p, err := m.newProxy(makeDict, "dict")
	if err != nil {
		return nil, fmt.Errorf("cannot make a dict: %w", err)
	}
	return &Dict[K, V]{p}, nil
}

// Get returns the value of k, and false when there is none.
func (m *Dict[K, V]) Get(k K) (x V, ok bool, err error) {
	err = m.do("dict.get", k, nil, func(op *operation) error {
		return m.call(func(e *encoder) error { return e.key(k) }, dictGet, func(d *decoder) error {
			found, err := d.octet()
			if err != nil || found == 0 {
				return err
			}
			ok = true
			return into(&x, op)(d)
		})
	})
	return x, ok && err == nil, err
}

// Set gives k the value x.
func (m *Dict[K, V]) Set(k K, x V) error {
	k, x = handedEntry(k, x)
	return m.do("dict.set", k, x, func(*operation) error {
		return m.call(func(e *encoder) error {
			if err := e.key(k); err != nil {
				return err
			}
			return e.value(x)
		}, dictSet, ignore)
	})
}

// Delete removes k, if it is there.
func (m *Dict[K, V]) Delete(k K) error {
	return m.do("dict.delete", k, nil, func(*operation) error {
		return m.call(func(e *encoder) error { return e.key(k) }, dictDelete, ignore)
	})
}

// Len returns the number of keys.
func (m *Dict[K, V]) Len() (n int, err error) {
	err = m.do("dict.len", nil, nil, func(op *operation) error {
		return m.call(nothing, dictLen, count(&n, op))
	})
	return n, err
}

// Keys returns the keys as they were at one moment, in the order in which they
// were first set.
func (m *Dict[K, V]) Keys() (keys []K, err error) {
	err = m.do("dict.keys", nil, nil, func(op *operation) error {
		return m.call(nothing, dictKeys, func(d *decoder) error {
			n, err := d.counted()
			if err != nil {
				return err
			}
			keys = make([]K, n)
			for i := range keys {
				if err := d.element(&keys[i]); err != nil {
					keys = nil
					return err
				}
			}
			op.result = keys
			return nil
		})
	})
	return keys, err
}

// All returns a copy of the dict as it was at one moment.
func (m *Dict[K, V]) All() (all map[K]V, err error) {
	err = m.do("dict.all", nil, nil, func(op *operation) error {
		return m.call(nothing, dictAll, func(d *decoder) error {
			n, err := d.counted()
			if err != nil {
				return err
			}
			all = make(map[K]V, n)
			for range n {
				var k K
				var x V
				if err := d.element(&k); err != nil {
					all = nil
					return err
				}
				if err := d.element(&x); err != nil {
					all = nil
					return err
				}
				all[k] = x
			}
			op.result = all
			return nil
		})
	})
	return all, err
}

// key appends a key with its length, so that the manager can tell where the
// value begins.
func (e *encoder) key(k any) error {
	sub := &encoder{}
	if err := sub.value(k); err != nil {
		return err
	}
	e.blob(sub.b)
	return nil
}
