// An event stays set: it does not matter whether the wait comes first.
package main

import (
	"fmt"

	"lockstep/mp"
)

var work = mp.Func("work", func(ready *mp.Event) error {
	ready.Wait()
	return nil
})

func run() error {
	ready := mp.NewEvent()
	p, err := work.Start(ready)
	if err != nil {
		return err
	}
	ready.Set()
	if err := p.Join(); err != nil {
		return err
	}
	fmt.Println("done")
	return nil
}

func main() { mp.Main(run) }
