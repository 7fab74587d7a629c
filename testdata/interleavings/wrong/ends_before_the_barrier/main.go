// One of those who should meet ends before.
package main

import (
	"errors"
	"fmt"

	"lockstep/mp"
)

var step = mp.Func3("step", func(n int, b *mp.Barrier, done *mp.Value[int]) error {
	if n == 1 {
		return errors.New("nothing to do")
	}
	if err := b.Wait(); err != nil {
		return err
	}
	done.Lock()
	done.Set(done.Get() + 1)
	done.Unlock()
	return nil
})

func run() error {
	b, done := mp.NewBarrier(2), mp.NewValue(0)
	var ps []*mp.Process
	for n := range 2 {
		p, err := step.Start(n, b, done)
		if err != nil {
			return err
		}
		ps = append(ps, p)
	}
	for _, p := range ps {
		if err := p.Join(); err != nil {
			return err
		}
	}
	fmt.Println(done.Get())
	return nil
}

func main() { mp.Main(run) }
