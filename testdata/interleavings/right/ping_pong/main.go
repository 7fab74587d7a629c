package main

import (
	"fmt"

	"lockstep/mp"
)

var echo = mp.Func("echo", func(c *mp.Conn) error {
	for range 2 {
		x, err := mp.Recv[int](c)
		if err != nil {
			return err
		}
		if err := c.Send(x + 1); err != nil {
			return err
		}
	}
	return nil
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
	x := 2
	for range 2 {
		if err := a.Send(x); err != nil {
			return err
		}
		if err := a.Recv(&x); err != nil {
			return err
		}
	}
	if err := p.Join(); err != nil {
		return err
	}
	fmt.Println(x)
	return nil
}

func main() { mp.Main(run) }
