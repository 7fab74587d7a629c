package main

import (
	"fmt"
	"lockstep/mp"
	"sync"
)

// count has goroutines change a variable of their process, with a lock of the
// processes around it.
func count(l *mp.Lock, v *mp.Value[int]) error {
	n := 0
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 50 {
				l.Lock()
				n++
				v.Set(v.Get() + 1)
				l.Unlock()
			}
		})
	}
	all.Wait()
	if n != 200 {
		return fmt.Errorf("counted to %d", n)
	}
	return nil
}

var worker = mp.Func2("worker", count)

func main() {
	mp.Main(func() error {
		l, v := mp.NewLock(), mp.NewValue(0)
		p, err := worker.Start(l, v)
		if err != nil {
			return err
		}
		if err := count(l, v); err != nil {
			return err
		}
		if err := p.Join(); err != nil {
			return err
		}
		fmt.Println(v.Get())
		return nil
	})
}
