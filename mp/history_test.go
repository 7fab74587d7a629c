//go:build linux || darwin

package mp

import (
	"cmp"
	"math"
	"slices"
	"testing"
)

// A history is what several processes did to one object, each call with the times at which
// it was made and returned. It is right (linearizable: Herlihy and Wing, 1990) if the calls
// can be put into one order in which the object, used by one process only, answers each as
// it did, and in which none comes before another that had returned when it was made.

// A call is one of a history.
type call struct {
	does        uint8
	key         int
	x           int   // what goes in
	gives       int   // what came out
	ok          bool  // it did what it is for
	from, until int64 // until is never where the caller died within it: then gives and ok say nothing
}

const never = math.MaxInt64

// linearizable reports whether a history is right for an object that begins as s. step has
// it make one call and says how it can be afterwards: not at all, if it does not answer so. A
// call whose caller died is made at any time after, or never.
func linearizable[S comparable](history []call, s S, step func(S, call) []S) bool {
	type moment struct {
		made  string // a bit for each call
		state S
	}
	slices.SortFunc(history, func(a, b call) int { return cmp.Compare(a.from, b.from) })
	seen := map[moment]bool{}
	made := make([]byte, len(history)/8+1)
	var search func(S) bool
	search = func(s S) bool {
		m := moment{string(made), s}
		if seen[m] {
			return false
		}
		seen[m] = true
		first := int64(never) // the next return of a call that is not made: all that begin later come after it
		for i, c := range history {
			if c.from > first {
				break
			}
			if made[i/8]>>(i%8)&1 == 0 {
				first = min(first, c.until)
			}
		}
		if first == never {
			return true
		}
		for i, c := range history {
			if c.from > first {
				break
			}
			if made[i/8]>>(i%8)&1 != 0 {
				continue
			}
			made[i/8] |= 1 << (i % 8)
			if slices.ContainsFunc(step(s, c), search) {
				return true
			}
			made[i/8] &^= 1 << (i % 8)
		}
		return false
	}
	return search(s)
}

// A log has what one process does to an object, where it outlives the process.
type log struct {
	Words *Array[int64]
	First int // word of its first call
	All   *Barrier
}

const (
	logCall  = 7 // words
	logCalls = 150
)

// note has a call made and writes down what became of it.
func (l log) note(i int, c call, do func(call) (call, error)) error {
	at := l.First + i*logCall
	for k, x := range []int64{int64(c.does), int64(c.key), int64(c.x), int64(monotonic())} {
		l.Words.Set(at+k, x)
	}
	c, err := do(c)
	l.Words.Set(at+4, int64(c.gives))
	if c.ok {
		l.Words.Set(at+5, 1)
	}
	l.Words.Set(at+6, int64(monotonic()))
	return err
}

// noted reports whether a call has been made, or is being made.
func (l log) noted(i int) bool { return l.Words.Get(l.First+i*logCall+3) != 0 }

// read appends what is written down.
func (l log) read(history []call) []call {
	for i := 0; i < logCalls && l.noted(i); i++ {
		get := func(k int) int64 { return l.Words.Get(l.First + i*logCall + k) }
		c := call{does: uint8(get(0)), key: int(get(1)), x: int(get(2)), from: get(3), gives: int(get(4)), ok: get(5) != 0, until: get(6)}
		if c.until == 0 {
			c.until = never
		}
		history = append(history, c)
	}
	return history
}

// TestLinearizable tries the test's own judge, on a place that holds a number.
func TestLinearizable(t *testing.T) {
	const read, write = 0, 1
	cell := func(s int, c call) []int {
		switch {
		case c.does == write:
			return []int{c.x}
		case c.until == never || c.gives == s:
			return []int{s}
		}
		return nil
	}
	for _, test := range []struct {
		name    string
		history []call
		want    bool
	}{
		{"nothing", nil, true},
		{"one after the other", []call{{does: write, x: 1, from: 1, until: 2}, {gives: 1, from: 3, until: 4}}, true},
		{"a read of what was before", []call{{does: write, x: 1, from: 1, until: 2}, {gives: 0, from: 3, until: 4}}, false},
		{"at the same time", []call{{does: write, x: 1, from: 1, until: 4}, {gives: 0, from: 2, until: 3}}, true},
		{"there and gone again", []call{{does: write, x: 1, from: 1, until: 9}, {gives: 1, from: 2, until: 3}, {gives: 0, from: 4, until: 5}}, false},
		{"two writers, two orders", []call{{does: write, x: 1, from: 1, until: 9}, {does: write, x: 2, from: 1, until: 9},
			{gives: 1, from: 2, until: 3}, {gives: 2, from: 4, until: 5}, {gives: 1, from: 6, until: 7}}, false},
		{"its writer died, and it is there", []call{{does: write, x: 1, from: 1, until: never}, {gives: 0, from: 2, until: 3}, {gives: 1, from: 4, until: 5}}, true},
		{"… and it is not", []call{{does: write, x: 1, from: 1, until: never}, {gives: 0, from: 2, until: 3}}, true},
		{"… and it came before", []call{{does: write, x: 1, from: 4, until: never}, {gives: 1, from: 2, until: 3}}, false},
	} {
		if got := linearizable(test.history, 0, cell); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}
