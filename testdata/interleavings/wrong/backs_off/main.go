// Two take two locks in opposite order, but give the first back when the second
// is taken: in step, they do so for ever.
package main

import (
	"fmt"

	"lockstep/mp"
)

var work = mp.Func3("work", func(first, second *mp.Lock, v *mp.Value[int]) error {
	for {
		first.Lock()
		if second.TryLock() {
			break
		}
		first.Unlock()
	}
	v.Set(v.Get() + 1)
	second.Unlock()
	first.Unlock()
	return nil
})

func run() error {
	a, b, v := mp.NewLock(), mp.NewLock(), mp.NewValue(0)
	p, err := work.Start(a, b, v)
	if err != nil {
		return err
	}
	q, err := work.Start(b, a, v)
	if err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	if err := q.Join(); err != nil {
		return err
	}
	fmt.Println(v.Get())
	return nil
}

func main() { mp.Main(run) }
