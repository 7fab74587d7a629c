//go:build also

// A condition in place of the semaphore: whoever comes waits until the board is free for
// it, and whoever leaves wakes the others.
package main

import (
	"fmt"
	"os"

	"lockstep/mp"
)

// Room is the room with the board, and who is there.
type Room struct {
	Readers *mp.Value[int]
	Writing *mp.Value[int]
	Free    *mp.Cond
}

// change waits until the board is free enough, and changes who is there.
func (r Room) change(free func() bool, who *mp.Value[int], by int) {
	r.Free.L.Lock()
	for !free() {
		r.Free.Wait()
	}
	who.Set(who.Get() + by)
	r.Free.L.Unlock()
	r.Free.Broadcast()
}

func (r Room) always() bool { return true }
func (r Room) quiet() bool  { return r.Writing.Get() == 0 }
func (r Room) empty() bool  { return r.Writing.Get() == 0 && r.Readers.Get() == 0 }

var visit = mp.Func4("visit", func(b Board, r Room, me int, writes bool) error {
	if writes {
		r.change(r.empty, r.Writing, 1)
		b.Change()
		r.change(r.always, r.Writing, -1)
		return nil
	}
	r.change(r.quiet, r.Readers, 1)
	err := b.Look(me)
	r.change(r.always, r.Readers, -1)
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
	b, r := NewBoard(readers, meet), Room{Readers: mp.NewValue(0), Writing: mp.NewValue(0), Free: mp.NewCond(mp.NewLock())}
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
