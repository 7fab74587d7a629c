// A loop that waits for a value is wasteful, but not wrong.
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
	for v.Get() == 0 {
	}
	fmt.Println(v.Get())
	return p.Join()
}

func main() { mp.Main(run) }
