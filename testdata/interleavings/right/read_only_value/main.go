package main

import (
	"fmt"

	"lockstep/mp"
)

var work = mp.Func3("work", func(v *mp.Value[int], a *mp.Array[int], i int) error {
	a.Set(i, v.Get())
	return nil
})

func run() error {
	v, a := mp.NewValue(4), mp.NewArray[int](2)
	p, err := work.Start(v, a, 0)
	if err != nil {
		return err
	}
	q, err := work.Start(v, a, 1)
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
