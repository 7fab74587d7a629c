// Both halves go on whether or not the other one has come to the barrier.
package main

import (
	"fmt"
	"time"

	"lockstep/mp"
)

var half = mp.Func3("half", func(me int, halves *mp.Array[int], b *mp.Barrier) error {
	halves.Set(me, 10+me)
	b.WaitTimeout(800 * time.Millisecond)
	halves.Set(2+me, halves.Get(1-me))
	return nil
})

func run() error {
	halves, b := mp.NewArray[int](4), mp.NewBarrier(2)
	var ps []*mp.Process
	for me := range 2 {
		p, err := half.Start(me, halves, b)
		if err != nil {
			return err
		}
		ps = append(ps, p)
	}
	for _, p := range ps {
		if err := p.Join(); err != nil {
			return err
		}
	}
	fmt.Println(halves.Get(2), halves.Get(3))
	return nil
}

func main() { mp.Main(run) }
