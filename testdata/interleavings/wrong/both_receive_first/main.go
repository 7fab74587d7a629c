// Each waits for the other to speak first.
package main

import (
	"fmt"

	"lockstep/mp"
)

var echo = mp.Func("echo", func(c *mp.Conn) error {
	x, err := mp.Recv[int](c)
	if err != nil {
		return err
	}
	return c.Send(x + 1)
})

func run() error {
	a, b, err := mp.Pipe()
	if err != nil {
		return err
	}
	p, err := echo.Start(b)
	if err != nil {
		return err
	}
	x, err := mp.Recv[int](a)
	if err != nil {
		return err
	}
	if err := a.Send(x); err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	fmt.Println(x)
	return nil
}

func main() { mp.Main(run) }
