//go:build also

// No count: there are as many keys as readers. A reader takes one and a writer all of them,
// and only one writer at a time collects keys.
package main

import (
	"fmt"
	"os"

	"lockstep/mp"
)

// Board is what all share.
type Board struct {
	Shown, Good *mp.Array[int]
	Keys        *mp.Semaphore
	Many        int // how many keys there are
	Writer      *mp.Lock
	Meeting     *mp.Barrier
}

func (b Board) add() {
	b.Writer.Lock()
	defer b.Writer.Unlock()
	for range b.Many {
		b.Keys.Acquire()
	}
	for i := range b.Shown.Len() {
		b.Shown.Set(i, b.Shown.Get(i)+1)
	}
	for range b.Many {
		b.Keys.Release()
	}
}

var visit = mp.Func3("visit", func(b Board, me int, writes bool) error {
	if writes {
		b.add()
		return nil
	}
	b.Keys.Acquire()
	one, two := b.Shown.Get(0), b.Shown.Get(1)
	err := b.Meeting.Wait()
	b.Keys.Release()
	if one == two {
		b.Good.Set(me, 1)
	}
	return err
})

func main() { mp.Main(run) }

func run() error {
	readers, writers, meet := 3, 1, 1
	if len(os.Args) == 4 {
		if _, err := fmt.Sscan(os.Args[1]+" "+os.Args[2]+" "+os.Args[3], &readers, &writers, &meet); err != nil {
			return err
		}
	}
	b := Board{Shown: mp.NewArray[int](2), Keys: mp.NewSemaphore(readers), Many: readers, Writer: mp.NewLock(),
		Meeting: mp.NewBarrier(meet), Good: mp.NewArray[int](readers + writers)}
	started := make([]*mp.Process, readers+writers)
	for i := range started {
		var err error
		if started[i], err = visit.Start(b, i, i >= readers); err != nil {
			return err
		}
	}
	good := 0
	for i, p := range started {
		if err := p.Join(); err != nil {
			return err
		}
		good += b.Good.Get(i)
	}
	fmt.Printf("%d good looks, the board shows %d and %d\n", good, b.Shown.Get(0), b.Shown.Get(1))
	return nil
}
