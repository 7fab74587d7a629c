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

var visit = mp.Func4("visit", func(b Board, r *mp.RWLock, me int, writes bool) error {
	if writes {
		r.Lock()
		b.Change()
		r.Unlock()
		return nil
	}
	r.RLock()
	err := b.Look(me)
	r.RUnlock()
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
	b, r := NewBoard(readers, meet), mp.NewRWLock()
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
