// Each child counts to fifty thousand under the lock.
package main

import (
	"fmt"

	"lockstep/mp"
)

var count = mp.Func("count", func(v *mp.Value[int]) error {
	for range 50_000 {
		v.Lock()
		v.Set(v.Get() + 1)
		v.Unlock()
	}
	return nil
})

func run() error {
	v := mp.NewValue(0)
	var started []*mp.Process
	for range 2 {
		p, err := count.Start(v)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	for _, p := range started {
		if err := p.Join(); err != nil {
			return err
		}
	}
	fmt.Println(v.Get())
	return nil
}

func main() { mp.Main(run) }
