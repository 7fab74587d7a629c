// Who has not seen the event before it is cleared never comes to the barrier, where others
// wait for him.
package main

import (
	"fmt"

	"lockstep/mp"
)

var work = mp.Func2("work", func(start *mp.Event, ready *mp.Barrier) error {
	start.Wait()
	return ready.Wait()
})

func run() error {
	start, ready := mp.NewEvent(), mp.NewBarrier(2)
	p, err := work.Start(start, ready)
	if err != nil {
		return err
	}
	start.Set()
	start.Clear()
	if err := ready.Wait(); err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	fmt.Println("done")
	return nil
}

func main() { mp.Main(run) }
