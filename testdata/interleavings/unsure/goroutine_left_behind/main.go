// The parent's goroutine adds to the value, and nobody waits for it: what is printed is
// right or not as it comes.
package main

import (
	"fmt"

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
	go func() {
		v.Lock()
		defer v.Unlock()
		v.Set(v.Get())
	}()
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
