// Whoever adds last prints the total, and finds out while it has the lock.
package main

import (
	"fmt"

	"lockstep/mp"
)

var add = mp.Func3("add", func(n int, total, done *mp.Value[int]) error {
	total.Lock()
	defer total.Unlock()
	total.Set(total.Get() + n)
	done.Set(done.Get() + 1)
	if done.Get() == 2 {
		fmt.Println(total.Get())
	}
	return nil
})

func run() error {
	total, done := mp.NewValue(0), mp.NewValue(0)
	var started []*mp.Process
	for n := range 2 {
		p, err := add.Start(n+1, total, done)
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
	return nil
}

func main() { mp.Main(run) }
