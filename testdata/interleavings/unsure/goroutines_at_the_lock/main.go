// Both the child's goroutines add under the lock, so that nothing is lost; which of
// them is first, nobody can decide.
package main

import (
	"fmt"
	"sync"

	"lockstep/mp"
)

var add = mp.Func("add", func(v *mp.Value[int]) error {
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			v.Lock()
			defer v.Unlock()
			v.Set(v.Get() + 1)
		})
	}
	both.Wait()
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
