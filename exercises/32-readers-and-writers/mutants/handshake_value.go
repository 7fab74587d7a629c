//go:build mutant

// A board shows a number twice. A writer adds one to both and must be alone there; readers
// look at both, and may be there together. The arguments are how many readers and writers
// come, and how many readers meet at the board before any of them leaves.
package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"lockstep/mp"
)

var visit = mp.Func("visit", func(signs *mp.Value[int]) error {
	time.Sleep(20 * time.Millisecond)
	signs.Lock()
	signs.Set(signs.Get() + 1)
	signs.Unlock()
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
	b, signs := NewBoard(readers, meet), mp.NewValue(0)
	started := make([]*mp.Process, readers+writers)
	for i := range started {
		var err error
		if started[i], err = visit.Start(signs); err != nil {
			return err
		}
	}
	for _, p := range started {
		if err := p.Join(); err != nil {
			return err
		}
	}
	if signs.Get() < readers+writers {
		return errors.New("nobody was there")
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
