// Each tries for the lock until it has it, for a while at a time.
package main

import (
	"fmt"
	"time"

	"lockstep/mp"
)

var add = mp.Func("add", func(v *mp.Value[int]) error {
	for {
		ok, err := v.LockTimeout(time.Millisecond)
		if err != nil {
			return err
		}
		if ok {
			break
		}
	}
	v.Set(v.Get() + 1)
	v.Unlock()
	return nil
})

func run() error {
	v := mp.NewValue(0)
	var all []*mp.Process
	for range 2 {
		p, err := add.Start(v)
		if err != nil {
			return err
		}
		all = append(all, p)
	}
	for _, p := range all {
		if err := p.Join(); err != nil {
			return err
		}
	}
	fmt.Println(v.Get())
	return nil
}

func main() { mp.Main(run) }
