// The event is cleared for its next use when nobody can still wait for it.
package main

import (
	"fmt"

	"lockstep/mp"
)

var wait = mp.Func("wait", func(start *mp.Event) error {
	start.Wait()
	return nil
})

func run() error {
	start := mp.NewEvent()
	var children []*mp.Process
	for range 2 {
		p, err := wait.Start(start)
		if err != nil {
			return err
		}
		children = append(children, p)
	}
	start.Set()
	for _, p := range children {
		if err := p.Join(); err != nil {
			return err
		}
	}
	start.Clear()
	fmt.Println("done")
	return nil
}

func main() { mp.Main(run) }
