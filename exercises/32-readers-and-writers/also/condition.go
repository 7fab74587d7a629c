//go:build also

// A condition in place of the semaphore: whoever comes waits until the board is free for
// it, and whoever leaves wakes the others.
package main

import (
	"fmt"
	"os"

	"lockstep/mp"
)

// Board is what all share.
type Board struct {
	Shown, Good *mp.Array[int]
	Readers     *mp.Value[int]
	Writing     *mp.Value[int]
	Free        *mp.Cond
	Meeting     *mp.Barrier
}

// change waits until the board is free enough, and changes who is there.
func (b Board) change(free func() bool, who *mp.Value[int], by int) {
	b.Free.L.Lock()
	for !free() {
		b.Free.Wait()
	}
	who.Set(who.Get() + by)
	b.Free.L.Unlock()
	b.Free.Broadcast()
}

func (b Board) always() bool { return true }
func (b Board) quiet() bool  { return b.Writing.Get() == 0 }
func (b Board) empty() bool  { return b.Writing.Get() == 0 && b.Readers.Get() == 0 }

var visit = mp.Func3("visit", func(b Board, me int, writes bool) error {
	if writes {
		b.change(b.empty, b.Writing, 1)
		b.Shown.Set(0, b.Shown.Get(0)+1)
		b.Shown.Set(1, b.Shown.Get(1)+1)
		b.change(b.always, b.Writing, -1)
		return nil
	}
	b.change(b.quiet, b.Readers, 1)
	one, two := b.Shown.Get(0), b.Shown.Get(1)
	err := b.Meeting.Wait()
	b.change(b.always, b.Readers, -1)
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
	b := Board{Shown: mp.NewArray[int](2), Readers: mp.NewValue(0), Writing: mp.NewValue(0), Free: mp.NewCond(mp.NewLock()),
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
