//go:build mutant

// A board shows a number twice. A writer adds one to both and must be alone there; readers
// look at both, and may be there together. The arguments are how many readers and writers
// come, and how many readers meet at the board before any of them leaves.
package main

import (
	"fmt"
	"os"
	"time"

	"lockstep/mp"
)

var visit = mp.Func0("visit", func() error {
	time.Sleep(20 * time.Millisecond)
	return nil
})

func main() { mp.Main(run) }

func run() error {
	readers, writers, meet := 3, 1, 1
	if len(os.Args) == 4 {
		if _, err := fmt.Sscan(os.Args[1]+" "+os.Args[2]+" "+os.Args[3], &readers, &writers, &meet); err != nil {
			return err
		}
	}
	b := NewBoard(readers, meet)
	started := make([]*mp.Process, readers+writers)
	for i := range started {
		var err error
		if started[i], err = visit.Start(); err != nil {
			return err
		}
	}
	for _, p := range started {
		if err := p.Join(); err != nil {
			return err
		}
	}
	for range writers {
		b.Change()
	}
	for reader := range readers {
		b.Good.Set(reader, 1)
	}
	fmt.Println(b)
	return nil
}
