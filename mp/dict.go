package mp

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"lockstep/mp/trace"
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

// A Namespace is a dict whose values have types of their own, by names that a program agrees
// on: ns.Set("limit", 100). What Get returns is asked for its type: limit, ok := x.(int).
// Types other than Go's own are made known by Register.
type Namespace = Dict[string, any]

// NewNamespace makes an empty namespace.
func NewNamespace(m *Manager) (*Namespace, error) { return NewDict[string, any](m) }

// Get returns the value of k, and false when there is none.
func (m *Dict[K, V]) Get(k K) (x V, ok bool, err error) {
	err = m.do("dict.get", k, nil, func(op *operation) error {
		return m.call(func(e *encoder) error { return e.apart(k) }, dictGet, found(&x, &ok, op))
	})
	return x, ok && err == nil, err
}

// Set gives k the value x.
func (m *Dict[K, V]) Set(k K, x V) error {
	k, x = handedEntry(k, x)
	return m.do("dict.set", k, x, func(*operation) error {
		return m.call(func(e *encoder) error {
			if err := e.apart(k); err != nil {
				return err
			}
			return e.value(x)
		}, dictSet, ignore)
	})
}

// SetDefault gives k the value x if it has none, and returns the one that it has then. ok
// says whether it had one before. Of several processes that set a default at once, the
// first does, and the others are told its value.
func (m *Dict[K, V]) SetDefault(k K, x V) (value V, ok bool, err error) {
	k, x = handedEntry(k, x)
	value = x
	err = m.do("dict.setdefault", k, x, func(op *operation) error {
		return m.call(func(e *encoder) error {
			if err := e.apart(k); err != nil {
				return err
			}
			return e.value(x)
		}, dictSetDefault, found(&value, &ok, op))
	})
	if err != nil {
		var none V
		return none, false, err
	}
	return value, ok, nil
}

// Pop removes k and returns the value that it had, and false when it had none. Of several
// processes that pop one key, one gets its value.
func (m *Dict[K, V]) Pop(k K) (x V, ok bool, err error) {
	err = m.do("dict.pop", k, nil, func(op *operation) error {
		return m.call(func(e *encoder) error { return e.apart(k) }, dictPop, found(&x, &ok, op))
	})
	return x, ok && err == nil, err
}

// mostAtOnce is how many keys one exchange of Update has: an observer is told of each.
const mostAtOnce = 256

// Update gives all keys of entries their values. Up to 256 go in one exchange: nobody finds
// some of them changed and others not. More take several. Keys that are new come in an
// order of their own, always the same for the same keys. An update by nothing does nothing.
func (m *Dict[K, V]) Update(entries map[K]V) error {
	coded := map[K]string{}
	for k := range entries {
		sub := &encoder{}
		if err := sub.value(k); err != nil {
			return fmt.Errorf("dict.update: %w", err)
		}
		coded[k] = string(sub.b)
	}
	keys := slices.SortedFunc(maps.Keys(entries), func(a, b K) int { return strings.Compare(coded[a], coded[b]) })
	for part := range slices.Chunk(keys, mostAtOnce) {
		if err := m.update(part, entries); err != nil {
			return err
		}
	}
	return nil
}

func (m *Dict[K, V]) update(keys []K, entries map[K]V) error {
	op := operation{kind: trace.Call, index: -1, method: "dict.update"}
	given, values := make(map[K]V, len(keys)), make([]V, len(keys))
	for i, k := range keys {
		keys[i], values[i] = handedEntry(k, entries[k])
		given[keys[i]] = values[i]
		op.keys = append(op.keys, keys[i])
	}
	op.arg = given
	return m.perform(op, func(*operation) error {
		return m.call(func(e *encoder) error {
			e.unsigned(uint64(len(keys)))
			for i, k := range keys {
				if err := firstError(e.apart(k), e.apart(values[i])); err != nil {
					return err
				}
			}
			return nil
		}, dictUpdate, ignore)
	})
}

// Delete removes k, if it is there.
func (m *Dict[K, V]) Delete(k K) error {
	return m.do("dict.delete", k, nil, func(*operation) error {
		return m.call(func(e *encoder) error { return e.apart(k) }, dictDelete, ignore)
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

// found reads whether there is a value, and if so, which.
func found[V any](x *V, ok *bool, op *operation) func(*decoder) error {
	return func(d *decoder) error {
		there, err := d.octet()
		if err != nil || there == 0 {
			return err
		}
		*ok = true
		return into(x, op)(d)
	}
}

// apart appends a value with its length, so that the manager can tell where it ends.
func (e *encoder) apart(v any) error {
	sub := &encoder{}
	err := sub.value(v)
	e.blob(sub.b)
	e.fds = append(e.fds, sub.fds...)
	e.conns = append(e.conns, sub.conns...)
	return err
}
