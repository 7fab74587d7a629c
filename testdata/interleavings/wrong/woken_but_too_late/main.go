// Who is woken does not look again whether the place is still free.
package main

import (
	"errors"
	"fmt"

	"lockstep/mp"
)

var sit = mp.Func2("sit", func(left *mp.Cond, free *mp.Value[int]) error {
	left.L.Lock()
	defer left.L.Unlock()
	if free.Get() == 0 {
		left.Wait()
	}
	n := free.Get() - 1
	if n < 0 {
		return errors.New("no place is free")
	}
	free.Set(n)
	return nil
})

var leave = mp.Func2("leave", func(left *mp.Cond, free *mp.Value[int]) error {
	for range 2 {
		left.L.Lock()
		free.Set(free.Get() + 1)
		left.Signal()
		left.L.Unlock()
	}
	return nil
})

func run() error {
	left, free := mp.NewCond(mp.NewLock()), mp.NewValue(0)
	var children []*mp.Process
	for range 2 {
		p, err := sit.Start(left, free)
		if err != nil {
			return err
		}
		children = append(children, p)
	}
	p, err := leave.Start(left, free)
	if err != nil {
		return err
	}
	for _, p := range append(children, p) {
		if err := p.Join(); err != nil {
			return err
		}
	}
	fmt.Println("done")
	return nil
}

func main() { mp.Main(run) }
