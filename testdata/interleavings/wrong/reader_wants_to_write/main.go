// Each reads, and wants to write before it has given its share of the lock back.
package main

import (
	"fmt"

	"lockstep/mp"
)

var add = mp.Func2("add", func(l *mp.RWLock, v *mp.Value[int]) error {
	l.RLock()
	x := v.Get()
	l.Lock()
	v.Set(x + 1)
	l.Unlock()
	l.RUnlock()
	return nil
})

func run() error {
	l, v := mp.NewRWLock(), mp.NewValue(0)
	var all []*mp.Process
	for range 2 {
		p, err := add.Start(l, v)
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
