// Nobody asks whether the lock was taken in time.
package main

import (
	"fmt"
	"time"

	"lockstep/mp"
)

var add = mp.Func("add", func(v *mp.Value[int]) error {
	ok, err := v.LockTimeout(time.Millisecond)
	if err != nil {
		return err
	}
	x := v.Get()
	mp.Sleep(20 * time.Millisecond)
	v.Set(x + 1)
	if ok {
		v.Unlock()
	}
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
