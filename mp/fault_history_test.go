//go:build linux || darwin

package mp

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// Several processes use one object as fast as they can, and some are killed: what they were
// told must be what one process after the other could have been told.

const (
	historyUsers  = 4
	historyKilled = 2 // of them
)

// use makes a process's calls, which draw chooses, at the same time as the others. What each
// puts in is like nothing else.
func use(l log, seed int, draw func(*rand.Rand) call, do func(call) (call, error)) error {
	rng := rand.New(rand.NewPCG(faultSeed, uint64(seed)))
	if err := l.All.Wait(); err != nil {
		return err
	}
	for i := range logCalls {
		c := draw(rng)
		c.x = 1 + l.First + i
		if err := l.note(i, c, do); err != nil {
			return fmt.Errorf("%+v: %w", c, err)
		}
	}
	return nil
}

// judge has processes use an object that begins as s, kills some, and wants the history to be
// right.
func judge[O any, S comparable](f *fault, uses *Target3[O, log, int], object O, s S, step func(S, call) []S) {
	f.Helper()
	var ps []*Process
	var logs []log
	words, all := NewArray[int64](historyUsers*logCalls*logCall), NewBarrier(historyUsers)
	for i := range historyUsers {
		logs = append(logs, log{words, i * logCalls * logCall, all})
		p, err := uses.Start(object, logs[i], f.rng.Int())
		f.check(err)
		ps = append(ps, p)
	}
	for i, p := range ps[:historyKilled] {
		last := f.rng.IntN(logCalls)
		f.within("a call", func() {
			for !logs[i].noted(last) {
				time.Sleep(50 * time.Microsecond)
			}
		})
		f.check(p.Kill())
	}
	var history []call
	for i, p := range ps {
		if err := f.join(p); i >= historyKilled {
			f.check(err)
		}
		history = logs[i].read(history)
	}
	if !linearizable(history, s, step) {
		f.fail("no order of these calls explains what they gave:")
		for _, c := range history {
			f.Logf("%+v", c)
		}
	}
}

// Calls of a queue.
const (
	queuePut = iota
	queueGet
	queueLen
	queueDone
	queueWait
)

// queueCalls are drawn from: those that others need come more often.
var queueCalls = []uint8{queuePut, queuePut, queuePut, queueGet, queueGet, queueGet, queueLen, queueDone, queueDone, queueWait}

const historyCapacity = 3

type queueState struct {
	values     [historyCapacity]int // in it, which are not 0
	unfinished int
}

var usesQueue = Func3("uses queue", func(q *Queue[int], l log, seed int) error {
	return use(l, seed, func(rng *rand.Rand) call {
		return call{does: queueCalls[rng.IntN(len(queueCalls))], key: rng.IntN(2)}
	}, func(c call) (_ call, err error) {
		d := time.Duration(c.key) * 100 * time.Microsecond
		switch c.does {
		case queuePut:
			c.ok, err = q.PutTimeout(c.x, d)
		case queueGet:
			c.gives, c.ok, err = q.GetTimeout(d)
		case queueDone:
			c.ok = q.Done() == nil
		case queueWait:
			c.ok = q.WaitTimeout(d)
		default:
			c.gives = q.Len()
		}
		return c, err
	})
})

func queueStep(s queueState, c call) []queueState {
	n, died := slices.Index(append(s.values[:], 0), 0), c.until == never
	then := s
	right := c.ok
	switch {
	case c.does == queueLen:
		right = c.gives == n
	case c.does == queueWait:
		right = c.ok == (s.unfinished == 0)
	case c.does == queueDone && s.unfinished == 0, c.does == queuePut && n == historyCapacity, c.does == queueGet && n == 0:
		right = !c.ok
	case c.does == queueDone:
		then.unfinished--
	case c.does == queuePut:
		then.values[n] = c.x
		then.unfinished++
	default:
		right = c.ok && c.gives == s.values[0]
		copy(then.values[:], s.values[1:])
		then.values[historyCapacity-1] = 0
	}
	if right || died {
		return []queueState{then}
	}
	return nil
}

func killQueueUser(f *fault) {
	q, err := NewQueue[int](historyCapacity)
	f.check(err)
	judge(f, usesQueue, q, queueState{}, queueStep)
	f.within("the wait at the end", func() {
		for q.Done() == nil {
		}
		q.Wait()
	})
}

// Calls of a dict.
const (
	callSet = iota
	callGet
	callDefault
	callPop
	callUpdate // of all keys
	dictCalls
)

type dictState [2]int // the values of keys 0 and 1; 0: it has none

var usesDict = Func3("uses dict", func(d *Dict[int, int], l log, seed int) error {
	return use(l, seed, func(rng *rand.Rand) call {
		return call{does: uint8(rng.IntN(dictCalls)), key: rng.IntN(2)}
	}, func(c call) (_ call, err error) {
		switch c.does {
		case callSet:
			err = d.Set(c.key, c.x)
		case callGet:
			c.gives, c.ok, err = d.Get(c.key)
		case callDefault:
			c.gives, c.ok, err = d.SetDefault(c.key, c.x)
		case callPop:
			c.gives, c.ok, err = d.Pop(c.key)
		default:
			err = d.Update(map[int]int{0: c.x, 1: c.x})
		}
		return c, err
	})
})

func dictStep(s dictState, c call) []dictState {
	had, then := s[c.key], s
	right := c.ok == (had != 0) && c.gives == had
	switch c.does {
	case callSet:
		then[c.key], right = c.x, true
	case callUpdate:
		then, right = dictState{c.x, c.x}, true
	case callPop:
		then[c.key] = 0
	case callDefault:
		if had == 0 {
			then[c.key], right = c.x, !c.ok && c.gives == c.x
		}
	}
	if right || c.until == never {
		return []dictState{then}
	}
	return nil
}

func killDictUser(f *fault) {
	m, err := NewManager()
	f.check(err)
	d, err := NewDict[int, int](m)
	f.check(err)
	judge(f, usesDict, d, dictState{}, dictStep)
	f.check(m.Close())
}

// Two numbers under a readers–writer lock: who writes adds one to both, one after the other.
const (
	numbersAdd = iota
	numbersRead
	numbersCalls
)

type numbersLocked struct {
	L    *RWLock
	A, B *Value[int]
}

type numbersState [2]int

var usesNumbers = Func3("uses numbers", func(u numbersLocked, l log, seed int) error {
	return use(l, seed, func(rng *rand.Rand) call {
		return call{does: uint8(rng.IntN(numbersCalls)), key: rng.IntN(2)}
	}, func(c call) (call, error) {
		try, lock, unlock := u.L.TryRLock, u.L.RLock, u.L.RUnlock
		if c.does == numbersAdd {
			try, lock, unlock = u.L.TryLock, u.L.Lock, u.L.Unlock
		}
		if c.key == 0 {
			lock()
		} else if !try() {
			return c, nil
		}
		if c.does == numbersAdd {
			u.A.Set(u.A.Get() + 1)
			time.Sleep(time.Microsecond) // others may try to come in
			u.B.Set(u.A.Get())
		}
		c.gives, c.ok = numbersState{u.A.Get(), u.B.Get()}.seen(), true
		unlock()
		return c, nil
	})
})

// seen is what a call gives of both numbers.
func (s numbersState) seen() int { return 1000*s[0] + s[1] }

func numbersStep(s numbersState, c call) []numbersState {
	then := s
	if c.does == numbersAdd {
		then = numbersState{s[0] + 1, s[0] + 1}
	}
	switch {
	case c.until == never: // who was killed may have come to the first number only
		return []numbersState{then, {then[0], s[1]}}
	case !c.ok:
		return []numbersState{s}
	case c.gives == then.seen():
		return []numbersState{then}
	}
	return nil
}

func killRWLockUser(f *fault) {
	u := numbersLocked{NewRWLock(), NewValue(0), NewValue(0)}
	judge(f, usesNumbers, u, numbersState{}, numbersStep)
	f.within("the lock at the end", u.L.Lock)
	u.L.Unlock()
}
