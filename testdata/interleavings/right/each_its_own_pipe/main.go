package main

import (
	"fmt"

	"lockstep/mp"
)

var send = mp.Func2("send", func(c *mp.Conn, x int) error { return c.Send(x) })

func run() error {
	a, b, err := mp.Pipe()
	if err != nil {
		return err
	}
	c, d, err := mp.Pipe()
	if err != nil {
		return err
	}
	p, err := send.Start(b, 1)
	if err != nil {
		return err
	}
	q, err := send.Start(d, 2)
	if err != nil {
		return err
	}
	x, err := mp.Recv[int](a)
	if err != nil {
		return err
	}
	y, err := mp.Recv[int](c)
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
