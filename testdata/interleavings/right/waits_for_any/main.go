// Whoever ends first is joined first, and all are in the end.
package main

import (
	"fmt"
	"slices"

	"lockstep/mp"
)

var add = mp.Func("add", func(v *mp.Value[int]) error {
	v.Lock()
	defer v.Unlock()
	v.Set(v.Get() + 1)
	return nil
})

func run() error {
	v := mp.NewValue(0)
	var all []*mp.Process
	for i := range 3 {
		p, err := add.Named(fmt.Sprint("adder ", i)).Start(v)
		if err != nil {
			return err
		}
		all = append(all, p)
	}
	for len(all) > 0 {
		i, err := mp.WaitAny(all...)
		if err != nil {
			return err
		}
		all = slices.Delete(all, i, i+1)
	}
	fmt.Println(v.Get())
	return nil
}

func main() { mp.Main(run) }
