// A board shows a number twice. A writer adds one to both and must be alone there; readers
// look at both, and may be there together. The arguments are how many readers and writers
// come, and how many readers meet at the board before any of them leaves.
package main

import (
	"fmt"
	"os"

	"lockstep/mp"
)

// Room is the room with the board, and who is there.
type Room struct {
	Readers *mp.Value[int] // how many look at the board
	Key     *mp.Semaphore  // one for a writer, and one for all readers together
}

func (r Room) enter() {
	r.Readers.Set(r.Readers.Get() + 1)
	if r.Readers.Get() == 1 {
		r.Key.Acquire()
	}
}

func (r Room) leave() {
	r.Readers.Set(r.Readers.Get() - 1)
	if r.Readers.Get() == 0 {
		r.Key.Release()
	}
}

var visit = mp.Func4("visit", func(b Board, r Room, me int, writes bool) error {
	if writes {
		r.Key.Acquire()
		b.Change()
		r.Key.Release()
		return nil
	}
	r.enter()
	err := b.Look(me)
	r.leave()
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
	b, r := NewBoard(readers, meet), Room{Readers: mp.NewValue(0), Key: mp.NewSemaphore(1)}
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
