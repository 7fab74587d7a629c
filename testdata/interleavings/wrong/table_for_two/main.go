// Three guests share two chairs; who waits too long sits down on the floor.
package main

import (
	"errors"
	"fmt"
	"time"

	"lockstep/mp"
)

var dine = mp.Func3("dine", func(chairs *mp.Semaphore, seated, most *mp.Value[int]) error {
	chairs.AcquireTimeout(30 * time.Millisecond)
	seated.Lock()
	now := seated.Get() + 1
	seated.Set(now)
	most.Set(max(most.Get(), now))
	seated.Unlock()
	mp.Sleep(300 * time.Millisecond)
	seated.Lock()
	seated.Set(seated.Get() - 1)
	seated.Unlock()
	chairs.Release()
	return nil
})

func run() error {
	chairs, seated, most := mp.NewSemaphore(2), mp.NewValue(0), mp.NewValue(0)
	var guests []*mp.Process
	for range 3 {
		p, err := dine.Start(chairs, seated, most)
		if err != nil {
			return err
		}
		guests = append(guests, p)
	}
	var failed error
	for _, p := range guests {
		failed = errors.Join(failed, p.Join())
	}
	if failed != nil {
		return failed
	}
	fmt.Println(most.Get())
	return nil
}

func main() { mp.Main(run) }
