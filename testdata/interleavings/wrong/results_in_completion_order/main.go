// Results are taken for those of the children in the order of their start.
package main

import (
	"fmt"

	"lockstep/mp"
)

var square = mp.Func2("square", func(c *mp.Conn, n int) error { return c.Send(n * n) })

func run() error {
	a, b, err := mp.Pipe()
	if err != nil {
		return err
	}
	p, err := square.Start(b, 1)
	if err != nil {
		return err
	}
	q, err := square.Start(b, 2)
	if err != nil {
		return err
	}
	x, err := mp.Recv[int](a)
	if err != nil {
		return err
	}
	y, err := mp.Recv[int](a)
	if err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	if err := q.Join(); err != nil {
		return err
	}
	fmt.Println(x, y)
	return nil
}

func main() { mp.Main(run) }
