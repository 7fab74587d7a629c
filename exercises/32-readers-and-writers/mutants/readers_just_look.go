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

// Room is the room with the board, and who is there.
type Room struct {
	Key *mp.Semaphore
}

var visit = mp.Func4("visit", func(b Board, r Room, me int, writes bool) error {
	if writes {
		r.Key.Acquire()
		b.Change()
		r.Key.Release()
		return nil
	}
	return b.Look(me)
})

func main() { mp.Main(run) }

func run() error {
	readers, writers, meet := 3, 1, 1
	if len(os.Args) == 4 {
		if _, err := fmt.Sscan(os.Args[1]+" "+os.Args[2]+" "+os.Args[3], &readers, &writers, &meet); err != nil {
			return err
		}
	}
	b, r := NewBoard(readers, meet), Room{Key: mp.NewSemaphore(1)}
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
