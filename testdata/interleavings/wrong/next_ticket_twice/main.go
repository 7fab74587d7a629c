// Each takes the next ticket: the number is read in one locked section and moved on in
// another.
package main

import (
	"fmt"

	"lockstep/mp"
)

var take = mp.Func3("take", func(me int, next *mp.Value[int], got *mp.Array[int]) error {
	next.Lock()
	mine := next.Get()
	next.Unlock()
	got.Set(me, mine)
	next.Lock()
	next.Set(mine + 1)
	next.Unlock()
	return nil
})

func run() error {
	next, got := mp.NewValue(1), mp.NewArray[int](2)
	var started []*mp.Process
	for me := range 2 {
		p, err := take.Start(me, next, got)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	for _, p := range started {
		if err := p.Join(); err != nil {
			return err
		}
	}
	fmt.Println(got.Get(0) + got.Get(1))
	return nil
}

func main() { mp.Main(run) }
