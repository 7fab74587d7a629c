package mp

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"lockstep/mp/trace"
)

// ErrIndex is reported when a List has no element with the given index.
var ErrIndex = errors.New("index out of range")

// A List is a proxy for a list that a manager keeps. Each method is one exchange
// with the manager's process, atomic by itself; two are not: between a Get and
// the Set that depends on it another process may change the list. Hold a Lock
// across both.
//
// Every method reports ErrManagerGone when the manager has ended, and waits for
// nothing but the manager's answer.
type List[T any] struct{ proxy }

// NewList makes an empty list.
func NewList[T any](m *Manager) (*List[T], error) {
	p, err := m.newProxy(makeList, "list")
	if err != nil {
		return nil, fmt.Errorf("cannot make a list: %w", err)
	}
	return &List[T]{p}, nil
}

// Append adds x at the end.
func (l *List[T]) Append(x T) error {
	x = handed(x)
	return l.do("list.append", nil, x, func(*operation) error {
		return l.call(func(e *encoder) error { return e.value(x) }, listAppend, ignore)
	})
}

// Extend adds all of xs at the end, in one exchange: no other process's element comes
// between them.
func (l *List[T]) Extend(xs []T) error {
	xs = handed(xs)
	return l.do("list.extend", nil, xs, func(*operation) error {
		return l.call(func(e *encoder) error {
			e.unsigned(uint64(len(xs)))
			for _, x := range xs {
				if err := e.apart(x); err != nil {
					return err
				}
			}
			return nil
		}, listExtend, ignore)
	})
}

// Index returns where the first element is that equals x, and -1 when there is none. Two
// are equal when they are encoded the same; for all but floating point numbers and maps
// that is Go's ==, or equality in all their parts.
func (l *List[T]) Index(x T) (i int, err error) {
	i = -1
	err = l.do("list.index", nil, x, func(op *operation) error {
		return l.call(func(e *encoder) error { return e.value(x) }, listIndex, func(d *decoder) error {
			at, err := d.unsigned()
			i = int(at) - 1
			op.result = i
			return err
		})
	})
	return i, err
}

// Get returns element i, or ErrIndex.
func (l *List[T]) Get(i int) (x T, err error) {
	err = l.do("list.get", i, nil, func(op *operation) error {
		if i < 0 {
			return ErrIndex
		}
		return l.call(at64(i), listGet, into(&x, op))
	})
	return x, err
}

// Set changes element i. A list without that element is not changed: ErrIndex.
func (l *List[T]) Set(i int, x T) error {
	x = handed(x)
	return l.do("list.set", i, x, func(*operation) error {
		if i < 0 {
			return ErrIndex
		}
		return l.call(func(e *encoder) error {
			e.unsigned(uint64(i))
			return e.value(x)
		}, listSet, ignore)
	})
}

// Insert adds x before element i, or at the end when i is the list's length.
// Otherwise the list is not changed: ErrIndex.
func (l *List[T]) Insert(i int, x T) error {
	x = handed(x)
	return l.do("list.insert", i, x, func(*operation) error {
		if i < 0 {
			return ErrIndex
		}
		return l.call(func(e *encoder) error {
			e.unsigned(uint64(i))
			return e.value(x)
		}, listInsert, ignore)
	})
}

// Remove removes element i and returns it. A list without that element is not
// changed: ErrIndex.
func (l *List[T]) Remove(i int) (x T, err error) {
	err = l.do("list.remove", i, nil, func(op *operation) error {
		if i < 0 {
			return ErrIndex
		}
		return l.call(at64(i), listRemove, into(&x, op))
	})
	return x, err
}

// Len returns the number of elements.
func (l *List[T]) Len() (n int, err error) {
	err = l.do("list.len", nil, nil, func(op *operation) error {
		return l.call(nothing, listLen, count(&n, op))
	})
	return n, err
}

// All returns a copy of the list as it was at one moment.
func (l *List[T]) All() (all []T, err error) {
	err = l.do("list.all", nil, nil, func(op *operation) error {
		all, _, err = l.look()
		op.result = all
		return err
	})
	return all, err
}

// look is a copy of the list, and how often it has been changed.
func (l *List[T]) look() (all []T, changes uint64, err error) {
	err = l.call(nothing, listAll, func(d *decoder) (err error) {
		if changes, err = d.unsigned(); err != nil {
			return err
		}
		n, err := d.counted()
		if err != nil {
			return err
		}
		all = make([]T, n)
		for i := range all {
			if err := d.element(&all[i]); err != nil {
				all = nil
				return err
			}
		}
		return nil
	})
	return all, changes, err
}

// Sort sorts the list by compare, as slices.SortStableFunc does; cmp.Compare and
// strings.Compare are such functions. compare is called in this process, with copies, and
// must not use this package itself. Nobody sees the list half sorted. Where another process
// changes it meanwhile, it is sorted again, and nothing of that change is lost.
func (l *List[T]) Sort(compare func(a, b T) int) error {
	return l.do("list.sort", nil, nil, func(op *operation) error {
		for {
			all, changes, err := l.look()
			if err != nil {
				return err
			}
			order := make([]int, len(all))
			for i := range order {
				order[i] = i
			}
			slices.SortStableFunc(order, func(a, b int) int { return compare(all[a], all[b]) })
			var done byte
			err = l.call(func(e *encoder) error {
				e.unsigned(changes)
				for _, i := range order {
					e.unsigned(uint64(i))
				}
				return nil
			}, listSort, func(d *decoder) (err error) {
				done, err = d.octet()
				return err
			})
			if err != nil {
				return err
			}
			if done != 0 {
				op.result = sorted(all, order)
				return nil
			}
		}
	})
}

// sorted is what a list holds then, for who observes: compare has seen it.
func sorted[T any](all []T, order []int) (list []T) {
	if !observed {
		return nil
	}
	for _, i := range order {
		list = append(list, all[i])
	}
	return list
}

// do is one call to the manager between the hooks. arg is what the call stores.
func (p *proxy) do(method string, key, arg any, work func(*operation) error) (err error) {
	return p.perform(operation{kind: trace.Call, index: -1, method: method, key: key, arg: arg}, work)
}

func (p *proxy) perform(op operation, work func(*operation) error) (err error) {
	if observed {
		op.object = p.id.String()
		perform(op, func(op *operation) {
			err = work(op)
			op.ended(true, err)
		})
	} else {
		err = work(&op)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", op.method, err)
	}
	return nil
}

func nothing(*encoder) error { return nil }

func ignore(*decoder) error { return nil }

func at64(i int) func(*encoder) error {
	return func(e *encoder) error {
		e.unsigned(uint64(i))
		return nil
	}
}

func into[T any](x *T, op *operation) func(*decoder) error {
	return func(d *decoder) error {
		err := d.value(reflect.ValueOf(x).Elem())
		if observed {
			op.result = *x
		}
		return err
	}
}

func count(n *int, op *operation) func(*decoder) error {
	return func(d *decoder) error {
		x, err := d.unsigned()
		*n = int(x)
		if observed {
			op.result = *n
		}
		return err
	}
}

// counted reads how many elements follow.
func (d *decoder) counted() (int, error) {
	n, err := d.unsigned()
	if err == nil && n > uint64(len(d.b)) {
		err = errDamaged
	}
	return int(n), err
}

// element reads one element that was stored by itself.
func (d *decoder) element(ptr any) error {
	b, err := d.blob()
	if err != nil {
		return err
	}
	return newDecoder(b, nil).value(reflect.ValueOf(ptr).Elem())
}
