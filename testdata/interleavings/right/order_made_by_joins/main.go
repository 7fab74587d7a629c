package main

import (
	"fmt"

	"lockstep/mp"
)

var note = mp.Func2("note", func(v *mp.Array[int], x int) error {
	v.Set(v.Get(2), x)
	v.Set(2, v.Get(2)+1)
	return nil
})

func run() error {
	v := mp.NewArray[int](3)
	p, err := note.Start(v, 1)
	if err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	q, err := note.Start(v, 2)
	if err != nil {
		return err
	}
	if err := q.Join(); err != nil {
		return err
	}
	fmt.Println(v.Get(0), v.Get(1))
	return nil
}

func main() { mp.Main(run) }
