//go:build also

// Writers come first: a reader that comes while a writer waits, waits for the writer. Of
// readers and of the key there is a lock each, which stays with whoever took it.
package main

import (
	"fmt"
	"os"

	"lockstep/mp"
)

// Board is what all share.
type Board struct {
	Shown, Good   *mp.Array[int]
	Readers       *mp.Value[int]
	Door, Counter *mp.Lock
	Last          *mp.Cond // the last reader leaves
	Meeting       *mp.Barrier
}

func (b Board) enter() {
	b.Door.Lock()
	b.count(1)
	b.Door.Unlock()
}

func (b Board) count(by int) {
	b.Counter.Lock()
	defer b.Counter.Unlock()
	if b.Readers.Set(b.Readers.Get() + by); b.Readers.Get() == 0 {
		b.Last.Signal()
	}
}

var visit = mp.Func3("visit", func(b Board, me int, writes bool) error {
	if writes {
		b.Door.Lock() // no reader comes any more
		defer b.Door.Unlock()
		b.Counter.Lock()
		for b.Readers.Get() > 0 {
			b.Last.Wait()
		}
		b.Counter.Unlock()
		b.Shown.Set(0, b.Shown.Get(0)+1)
		b.Shown.Set(1, b.Shown.Get(1)+1)
		return nil
	}
	b.enter()
	one, two := b.Shown.Get(0), b.Shown.Get(1)
	err := b.Meeting.Wait()
	b.count(-1)
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
	counter := mp.NewLock()
	b := Board{Shown: mp.NewArray[int](2), Readers: mp.NewValue(0), Door: mp.NewLock(), Counter: counter, Last: mp.NewCond(counter),
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
