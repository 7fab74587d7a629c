//go:build also

// Writers come first: a reader that comes while a writer waits, waits for the writer. Of
// readers and of the key there is a lock each, which stays with whoever took it.
package main

import (
	"fmt"
	"os"

	"lockstep/mp"
)

// Room is the room with the board, and who is there.
type Room struct {
	Readers       *mp.Value[int]
	Door, Counter *mp.Lock
	Last          *mp.Cond // the last reader leaves
}

func (r Room) enter() {
	r.Door.Lock()
	r.count(1)
	r.Door.Unlock()
}

func (r Room) count(by int) {
	r.Counter.Lock()
	defer r.Counter.Unlock()
	if r.Readers.Set(r.Readers.Get() + by); r.Readers.Get() == 0 {
		r.Last.Signal()
	}
}

var visit = mp.Func4("visit", func(b Board, r Room, me int, writes bool) error {
	if writes {
		r.Door.Lock() // no reader comes any more
		defer r.Door.Unlock()
		r.Counter.Lock()
		for r.Readers.Get() > 0 {
			r.Last.Wait()
		}
		r.Counter.Unlock()
		b.Change()
		return nil
	}
	r.enter()
	err := b.Look(me)
	r.count(-1)
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
	b, r := NewBoard(readers, meet), Room{Readers: mp.NewValue(0), Door: mp.NewLock(), Counter: counter, Last: mp.NewCond(counter)}
	started := make([]*mp.Process, readers+writers)
	for i := range started {
		var err error
		if started[i], err = visit.Start(b, r, i, i >= readers); err != nil {
			return err
		}
	}
	for _, p := range started {
		if err := p.Join(); err != nil {
			return err
		}
	}
	fmt.Println(b)
	return nil
}
