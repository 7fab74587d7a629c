package main

import (
	"fmt"

	"lockstep/mp"
)

var work = mp.Func2("work", func(v *mp.Value[int], c *mp.Conn) error {
	v.Set(9)
	return c.Send(true)
})

func run() error {
	v := mp.NewValue(0)
	a, b, err := mp.Pipe()
	if err != nil {
		return err
	}
	p, err := work.Start(v, b)
	if err != nil {
		return err
	}
	if _, err := mp.Recv[bool](a); err != nil {
		return err
	}
	x := v.Get()
	if err := p.Join(); err != nil {
		return err
	}
	fmt.Println(x)
	return nil
}

func main() { mp.Main(run) }
