// A function that locks calls another that locks.
package main

import (
	"fmt"

	"lockstep/mp"
)

func add(v *mp.Value[int]) {
	v.Lock()
	defer v.Unlock()
	v.Set(v.Get() + 1)
}

var addTwice = mp.Func("addTwice", func(v *mp.Value[int]) error {
	v.Lock()
	defer v.Unlock()
	add(v)
	add(v)
	return nil
})

func run() error {
	v := mp.NewValue(0)
	p, err := addTwice.Start(v)
	if err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	fmt.Println(v.Get())
	return nil
}

func main() { mp.Main(run) }
