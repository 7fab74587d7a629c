//go:build mutant

// A board shows a number twice. A writer adds one to both and must be alone there; readers
// look at both, and may be there together. The arguments are how many readers and writers
// come, and how many readers meet at the board before any of them leaves.
package main

import (
	"fmt"
	"os"

	"lockstep/mp"
)

// Board is what all share.
type Board struct {
	Shown, Good *mp.Array[int] // the number, twice; of everybody: 1 when both were the same
	Readers     *mp.Value[int] // how many look at the board
	Key         *mp.Semaphore  // one for a writer, and one for all readers together
	Meeting     *mp.Barrier
}

var visit = mp.Func3("visit", func(b Board, me int, writes bool) error {
	if writes {
		b.Key.Acquire()
		b.Shown.Set(0, b.Shown.Get(0)+1)
		b.Shown.Set(1, b.Shown.Get(1)+1)
		b.Key.Release()
		return nil
	}
	one, two := b.Shown.Get(0), b.Shown.Get(1)
	err := b.Meeting.Wait()
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
	b := Board{Shown: mp.NewArray[int](2), Readers: mp.NewValue(0), Key: mp.NewSemaphore(1),
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
