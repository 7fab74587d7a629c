// The race detector maps much, and each of its processes would rest for a second
// at its end: neither may count against a program.
package main

import (
	"fmt"
	"sync"

	"lockstep/mp"
)

var total = mp.NewValue(0)

var work = mp.Func("work", func(v *mp.Value[int]) error {
	var mu sync.Mutex
	var all sync.WaitGroup
	sum := 0
	for range 100 {
		all.Go(func() {
			mu.Lock()
			sum++
			mu.Unlock()
		})
	}
	all.Wait()
	v.Lock()
	v.Set(v.Get() + sum)
	v.Unlock()
	return nil
})

func main() { mp.Main(run) }

func run() error {
	var all []*mp.Process
	for range 4 {
		p, err := work.Start(total)
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
	fmt.Println(total.Get())
	return nil
}
