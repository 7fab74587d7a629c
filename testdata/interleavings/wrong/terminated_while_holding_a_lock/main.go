// The child is ended between two changes that belong together.
package main

import (
	"fmt"

	"lockstep/mp"
)

var change = mp.Func("change", func(a *mp.Array[int]) error {
	a.Lock()
	a.Set(0, 1)
	a.Set(1, 1)
	a.Unlock()
	return nil
})

func run() error {
	a := mp.NewArray[int](2)
	p, err := change.Start(a)
	if err != nil {
		return err
	}
	if err := p.Terminate(); err != nil {
		return err
	}
	_ = p.Join()
	a.Lock()
	x, y := a.Get(0), a.Get(1)
	a.Unlock()
	if x == y {
		x, y = 1, 1
	}
	fmt.Println(x, y)
	return nil
}

func main() { mp.Main(run) }
