// The child's goroutines add without the lock. Nobody can hold them; that updates are
// lost is seen all the same.
package main

import (
	"fmt"
	"sync"

	"lockstep/mp"
)

var add = mp.Func("add", func(v *mp.Value[int]) error {
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 500 {
				v.Set(v.Get() + 1)
			}
		})
	}
	all.Wait()
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
	fmt.Println(v.Get())
	return nil
}

func main() { mp.Main(run) }
