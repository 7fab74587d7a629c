// The child waits for a message that the parent sends after it has joined it.
package main

import (
	"fmt"

	"lockstep/mp"
)

var work = mp.Func("work", func(c *mp.Conn) error {
	_, err := mp.Recv[int](c)
	return err
})

func run() error {
	near, far, err := mp.Pipe()
	if err != nil {
		return err
	}
	p, err := work.Start(far)
	if err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	if err := near.Send(1); err != nil {
		return err
	}
	fmt.Println("done")
	return nil
}

func main() { mp.Main(run) }
