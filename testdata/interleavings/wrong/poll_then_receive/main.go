// Two consumers see one message, and one of them gets it.
package main

import (
	"fmt"

	"lockstep/mp"
)

var consume = mp.Func("consume", func(c *mp.Conn) error {
	ready, err := c.Poll(0)
	if err != nil || !ready {
		return err
	}
	_, err = mp.Recv[int](c)
	return err
})

func run() error {
	a, b, err := mp.Pipe()
	if err != nil {
		return err
	}
	if err := b.Send(1); err != nil {
		return err
	}
	var children []*mp.Process
	for range 2 {
		p, err := consume.Start(a)
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
	fmt.Println("done")
	return nil
}

func main() { mp.Main(run) }
