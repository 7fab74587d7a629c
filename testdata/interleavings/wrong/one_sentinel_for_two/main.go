// One zero ends one consumer; there are two.
package main

import (
	"fmt"

	"lockstep/mp"
)

var consume = mp.Func("consume", func(q *mp.Queue[int]) error {
	for {
		x, err := q.Get()
		if err != nil || x == 0 {
			return err
		}
	}
})

func run() error {
	q, err := mp.NewQueue[int](8)
	if err != nil {
		return err
	}
	p, err := consume.Start(q)
	if err != nil {
		return err
	}
	r, err := consume.Start(q)
	if err != nil {
		return err
	}
	for _, x := range []int{1, 2, 0} {
		if err := q.Put(x); err != nil {
			return err
		}
	}
	if err := p.Join(); err != nil {
		return err
	}
	if err := r.Join(); err != nil {
		return err
	}
	fmt.Println("done")
	return nil
}

func main() { mp.Main(run) }
