// A join before the receive goes well as long as the message fits into the pipe.
package main

import (
	"fmt"

	"lockstep/mp"
)

var work = mp.Func("work", func(c *mp.Conn) error { return c.Send(7) })

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
	n, err := mp.Recv[int](near)
	if err != nil {
		return err
	}
	fmt.Println(n)
	return nil
}

func main() { mp.Main(run) }
