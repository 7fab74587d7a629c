// The result is read before the child has ended.
package main

import (
	"fmt"

	"lockstep/mp"
)

var work = mp.Func("work", func(v *mp.Value[int]) error {
	v.Set(1)
	return nil
})

func run() error {
	v := mp.NewValue(0)
	p, err := work.Start(v)
	if err != nil {
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
