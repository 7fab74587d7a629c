// Who comes to the event when it has been set and cleared waits for ever.
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
	start.Clear()
	for _, p := range children {
		if err := p.Join(); err != nil {
			return err
		}
	}
	fmt.Println("done")
	return nil
}

func main() { mp.Main(run) }
