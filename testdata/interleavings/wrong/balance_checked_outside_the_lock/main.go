// The balance has changed when the lock is there.
package main

import (
	"fmt"

	"lockstep/mp"
)

var withdraw = mp.Func("withdraw", func(v *mp.Value[int]) error {
	if v.Get() >= 10 {
		v.Lock()
		v.Set(v.Get() - 10)
		v.Unlock()
	}
	return nil
})

func run() error {
	v := mp.NewValue(10)
	var children []*mp.Process
	for range 2 {
		p, err := withdraw.Start(v)
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
