package main

import (
	"fmt"

	"lockstep/mp"
)

var add = mp.Func("add", func(v *mp.Value[int]) error {
	v.Set(v.Get() + 1)
	return nil
})

func run() error {
	v := mp.NewValue(0)
	p, err := add.Start(v)
	if err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	v.Set(v.Get() + 1)
	fmt.Println(v.Get())
	return nil
}

func main() { mp.Main(run) }
