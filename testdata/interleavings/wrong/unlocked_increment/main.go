// Two processes add one each, without a lock.
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
	var children []*mp.Process
	for range 2 {
		p, err := add.Start(v)
		if err != nil {
			return err
		}
		children = append(children, p)
	}
	for _, p := range children {
		if err := p.Join(); err != nil {
			return err
		}
	}
	fmt.Println(v.Get())
	return nil
}

func main() { mp.Main(run) }
