// The parent clears an event that may have been set already, and waits for it.
package main

import (
	"fmt"

	"lockstep/mp"
)

var work = mp.Func("work", func(ready *mp.Event) error {
	ready.Set()
	return nil
})

func run() error {
	ready := mp.NewEvent()
	p, err := work.Start(ready)
	if err != nil {
		return err
	}
	ready.Clear()
	ready.Wait()
	if err := p.Join(); err != nil {
		return err
	}
	fmt.Println("done")
	return nil
}

func main() { mp.Main(run) }
