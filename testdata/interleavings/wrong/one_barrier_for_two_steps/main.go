// In each round everybody reads the other one's cell and then writes its own. The barrier
// parts the rounds; nothing parts the reads of a round from its writes.
package main

import (
	"fmt"

	"lockstep/mp"
)

var step = mp.Func3("step", func(i int, cells *mp.Array[int], all *mp.Barrier) error {
	for range 2 {
		if err := all.Wait(); err != nil {
			return err
		}
		other := cells.Get(1 - i)
		cells.Set(i, cells.Get(i)+other)
	}
	return nil
})

func run() error {
	cells, all := mp.NewArray[int](2), mp.NewBarrier(2)
	cells.Set(0, 1)
	cells.Set(1, 10)
	var children []*mp.Process
	for i := range 2 {
		p, err := step.Start(i, cells, all)
		if err != nil {
			return err
		}
		children = append(children, p)
	}
	for _, p := range children {
		if err := p.Join(); err != nil {
			return err
		}
	}
	fmt.Println(cells.Get(0), cells.Get(1))
	return nil
}

func main() { mp.Main(run) }
