// The wait for the signal goes on as long as there is no bread.
package main

import (
	"fmt"
	"time"

	"lockstep/mp"
)

var bake = mp.Func2("bake", func(ready *mp.Cond, loaves *mp.Value[int]) error {
	ready.L.Lock()
	defer ready.L.Unlock()
	loaves.Set(2)
	ready.Signal()
	return nil
})

func run() error {
	l := mp.NewLock()
	ready, loaves := mp.NewCond(l), mp.NewValue(0)
	l.Lock()
	p, err := bake.Start(ready, loaves)
	if err != nil {
		return err
	}
	for loaves.Get() == 0 {
		ready.WaitTimeout(time.Second)
	}
	n := loaves.Get()
	l.Unlock()
	if err := p.Join(); err != nil {
		return err
	}
	fmt.Println(n)
	return nil
}

func main() { mp.Main(run) }
