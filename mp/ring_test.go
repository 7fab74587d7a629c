//go:build linux || darwin

package mp

import (
	"os"
	"syscall"
	"testing"
)

// A moment is one at which a process dies with a ring's lock in its hands: it was making a
// call, and has not come to the last of its stores.
type moment struct {
	name               string
	call               func(*Queue[int]) error
	left               []int // wide words that it has not come to
	within, unfinished int   // afterwards; one value is in the queue before
}

var moments = []moment{
	{"before a put", puts, []int{ringTail, ringCounts}, 1, 1},
	{"within a put", puts, []int{ringCounts}, 2, 2},
	{"after a put", puts, nil, 2, 2},
	{"before a get", gets, []int{ringHead, ringCounts}, 1, 1},
	{"within a get", gets, []int{ringCounts}, 0, 1},
	{"after a get", gets, nil, 0, 1},
	{"before a done", func(*Queue[int]) error { return nil }, nil, 1, 1}, // whose only store others may see at once
	{"after a done", (*Queue[int]).Done, nil, 1, 0},
}

func puts(q *Queue[int]) error { return q.Put(2) }

func gets(q *Queue[int]) error {
	_, err := q.Get()
	return err
}

// diesWithin makes a call, takes back the stores that it is not to come to, and dies.
var diesWithin = Func2("dies within", func(q *Queue[int], at int) error {
	m := moments[at]
	before := map[int]uint64{}
	for _, word := range m.left {
		before[word] = q.wide(word).Load()
	}
	if err := m.call(q); err != nil {
		return err
	}
	q.lock()
	for word, x := range before {
		q.wide(word).Store(x)
	}
	return syscall.Kill(os.Getpid(), syscall.SIGKILL)
})

// TestQueueOwnerDies: wherever a process dies, what is in the queue and what is not done is
// known exactly, to who comes later and to who waits already.
func TestQueueOwnerDies(t *testing.T) {
	for i, m := range moments {
		t.Run(m.name, func(t *testing.T) {
			f := &fault{T: t, what: m.name}
			q, err := NewQueue[int](3)
			f.check(err)
			f.check(q.Put(1))
			waited := make(chan bool)
			go func() {
				q.Wait()
				close(waited)
			}()
			p, err := diesWithin.Start(q, i)
			f.check(err)
			f.buried(p)
			for left := m.unfinished; left > 0; left-- {
				if q.WaitTimeout(0) {
					t.Fatalf("all is done, and %d are not", left)
				}
				select {
				case <-waited:
					t.Fatalf("a wait is over, and %d are not done", left)
				default:
				}
				if left <= m.within {
					if _, ok, err := q.GetTimeout(0); !ok || err != nil {
						t.Fatalf("a value is not in the queue: %v", err)
					}
				}
				f.check(q.Done())
			}
			f.within("a wait", func() { <-waited })
			if !q.WaitTimeout(0) || q.Done() == nil {
				t.Error("all is done, and the queue does not say so")
			}
			if want := max(0, m.within-m.unfinished); q.Len() != want {
				t.Errorf("%d values are in the queue, want %d", q.Len(), want)
			}
		})
	}
}
