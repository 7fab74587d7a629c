package main

import (
	"fmt"

	"lockstep/mp"
)

var square = mp.Func2("square", func(c *mp.Conn, n int) error { return c.Send([]int{n, n * n}) })

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
	results := make([]int, 3)
	for range 2 {
		x, err := mp.Recv[[]int](a)
		if err != nil {
			return err
		}
		results[x[0]] = x[1]
	}
	if err := p.Join(); err != nil {
		return err
	}
	if err := q.Join(); err != nil {
		return err
	}
	fmt.Println(results[1], results[2])
	return nil
}

func main() { mp.Main(run) }
