// The second visitor has no patience, and goes in all the same.
package main

import (
	"fmt"
	"time"

	"lockstep/mp"
)

var visit = mp.Func3("visit", func(seats *mp.Semaphore, inside, most *mp.Value[int]) error {
	seats.AcquireTimeout(10 * time.Millisecond)
	defer seats.Release()
	most.Lock()
	inside.Set(inside.Get() + 1)
	most.Set(max(most.Get(), inside.Get()))
	most.Unlock()
	mp.Sleep(80 * time.Millisecond)
	most.Lock()
	inside.Set(inside.Get() - 1)
	most.Unlock()
	return nil
})

func run() error {
	seats, inside, most := mp.NewSemaphore(1), mp.NewValue(0), mp.NewValue(0)
	var ps []*mp.Process
	for range 2 {
		p, err := visit.Start(seats, inside, most)
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
	fmt.Println(most.Get())
	return nil
}

func main() { mp.Main(run) }
