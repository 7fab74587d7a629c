// The parent waits until no worker is active. Those that have not begun yet are not.
package main

import (
	"fmt"

	"lockstep/mp"
)

var work = mp.Func3("work", func(changed *mp.Cond, active, sum *mp.Value[int]) error {
	changed.L.Lock()
	defer changed.L.Unlock()
	active.Set(active.Get() + 1)
	sum.Set(sum.Get() + 1)
	active.Set(active.Get() - 1)
	changed.Broadcast()
	return nil
})

func run() error {
	changed, active, sum := mp.NewCond(mp.NewLock()), mp.NewValue(0), mp.NewValue(0)
	var children []*mp.Process
	for range 2 {
		p, err := work.Start(changed, active, sum)
		if err != nil {
			return err
		}
		children = append(children, p)
	}
	changed.L.Lock()
	for active.Get() > 0 {
		changed.Wait()
	}
	fmt.Println(sum.Get())
	changed.L.Unlock()
	for _, p := range children {
		if err := p.Join(); err != nil {
			return err
		}
	}
	return nil
}

func main() { mp.Main(run) }
