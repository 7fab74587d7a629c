package main

import (
	"fmt"

	"lockstep/mp"
)

var work = mp.Func2("work", func(a *mp.Array[int], i int) error {
	a.Set(i, 1)
	return nil
})

func run() error {
	a := mp.NewArray[int](2)
	p, err := work.Start(a, 0)
	if err != nil {
		return err
	}
	q, err := work.Start(a, 1)
	if err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	if err := q.Join(); err != nil {
		return err
	}
	fmt.Println(a.Get(0) + a.Get(1))
	return nil
}

func main() { mp.Main(run) }
