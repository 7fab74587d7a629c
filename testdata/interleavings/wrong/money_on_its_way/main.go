// Each account is read and written under its lock. But between the two what is moved is
// in neither, and who counts both then misses it.
package main

import (
	"fmt"

	"lockstep/mp"
)

var move = mp.Func2("move", func(from, to *mp.Value[int]) error {
	from.Lock()
	from.Set(from.Get() - 3)
	from.Unlock()
	to.Lock()
	to.Set(to.Get() + 3)
	to.Unlock()
	return nil
})

var count = mp.Func2("count", func(a, b *mp.Value[int]) error {
	a.Lock()
	b.Lock()
	fmt.Println(a.Get() + b.Get())
	b.Unlock()
	a.Unlock()
	return nil
})

func run() error {
	a, b := mp.NewValue(10), mp.NewValue(10)
	p, err := move.Start(a, b)
	if err != nil {
		return err
	}
	q, err := count.Start(a, b)
	if err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	return q.Join()
}

func main() { mp.Main(run) }
