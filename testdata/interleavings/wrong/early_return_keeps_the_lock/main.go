// A function returns before it unlocks.
package main

import (
	"fmt"

	"lockstep/mp"
)

// withdraw says whether there was enough.
func withdraw(v *mp.Value[int], n int) bool {
	v.Lock()
	if v.Get() < n {
		return false
	}
	v.Set(v.Get() - n)
	v.Unlock()
	return true
}

var shop = mp.Func("shop", func(v *mp.Value[int]) error {
	if !withdraw(v, 100) {
		withdraw(v, 10)
	}
	return nil
})

func run() error {
	v := mp.NewValue(50)
	p, err := shop.Start(v)
	if err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	fmt.Println("done")
	return nil
}

func main() { mp.Main(run) }
