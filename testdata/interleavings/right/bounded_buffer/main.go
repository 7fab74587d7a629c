package main

import (
	"fmt"
	"io"

	"lockstep/mp"
)

var produce = mp.Func("produce", func(q *mp.Queue[int]) error {
	for _, x := range []int{1, 2, 3} {
		if err := q.Put(x); err != nil {
			return err
		}
	}
	return q.Close()
})

func run() error {
	q, err := mp.NewQueue[int](1)
	if err != nil {
		return err
	}
	p, err := produce.Start(q)
	if err != nil {
		return err
	}
	sum := 0
	for {
		x, err := q.Get()
		if err == io.EOF {
			break
		} else if err != nil {
			return err
		}
		sum += x
	}
	if err := p.Join(); err != nil {
		return err
	}
	fmt.Println(sum)
	return nil
}

func main() { mp.Main(run) }
