//go:build also

// No count: there are as many keys as readers. A reader takes one and a writer all of them,
// and only one writer at a time collects keys.
package main

import (
	"fmt"
	"os"

	"lockstep/mp"
)

// Room is the room with the board.
type Room struct {
	Keys   *mp.Semaphore
	Many   int // how many keys there are
	Writer *mp.Lock
}

// alone has a writer change the board with all keys in his hands.
func (r Room) alone(change func()) {
	r.Writer.Lock()
	defer r.Writer.Unlock()
	for range r.Many {
		r.Keys.Acquire()
	}
	change()
	for range r.Many {
		r.Keys.Release()
	}
}

var visit = mp.Func4("visit", func(b Board, r Room, me int, writes bool) error {
	if writes {
		r.alone(b.Change)
		return nil
	}
	r.Keys.Acquire()
	err := b.Look(me)
	r.Keys.Release()
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
	b, r := NewBoard(readers, meet), Room{Keys: mp.NewSemaphore(readers), Many: readers, Writer: mp.NewLock()}
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
