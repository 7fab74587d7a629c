package main

import (
	"fmt"

	"lockstep/mp"
)

var work = mp.Func4("work", func(b *mp.Barrier, in, out *mp.Array[int], i int) error {
	in.Set(i, 1)
	if err := b.Wait(); err != nil {
		return err
	}
	out.Set(i, in.Get(0)+in.Get(1))
	return nil
})

func run() error {
	b, in, out := mp.NewBarrier(2), mp.NewArray[int](2), mp.NewArray[int](2)
	p, err := work.Start(b, in, out, 0)
	if err != nil {
		return err
	}
	q, err := work.Start(b, in, out, 1)
	if err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	if err := q.Join(); err != nil {
		return err
	}
	fmt.Println(out.Get(0), out.Get(1))
	return nil
}

func main() { mp.Main(run) }
