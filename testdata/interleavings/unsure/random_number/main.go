// A value is set at random.
package main

import (
	"fmt"
	"math/rand/v2"

	"lockstep/mp"
)

var work = mp.Func("work", func(v *mp.Value[int]) error {
	v.Set(rand.IntN(1 << 40))
	return nil
})

func run() error {
	v := mp.NewValue(0)
	var children []*mp.Process
	for range 2 {
		p, err := work.Start(v)
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
	fmt.Println("done")
	return nil
}

func main() { mp.Main(run) }
