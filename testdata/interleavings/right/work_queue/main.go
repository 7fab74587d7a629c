package main

import (
	"fmt"

	"lockstep/mp"
)

var consume = mp.Func2("consume", func(q *mp.Queue[int], sum *mp.Value[int]) error {
	for {
		x, err := q.Get()
		if err != nil || x == 0 {
			return err
		}
		sum.Lock()
		sum.Set(sum.Get() + x)
		sum.Unlock()
	}
})

func run() error {
	sum := mp.NewValue(0)
	q, err := mp.NewQueue[int](8)
	if err != nil {
		return err
	}
	p, err := consume.Start(q, sum)
	if err != nil {
		return err
	}
	r, err := consume.Start(q, sum)
	if err != nil {
		return err
	}
	for _, x := range []int{1, 2, 0, 0} {
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
	fmt.Println(sum.Get())
	return nil
}

func main() { mp.Main(run) }
