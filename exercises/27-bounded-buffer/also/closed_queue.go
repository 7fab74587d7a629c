//go:build also

// The queue is closed when the cooks have gone; who gets finds its end, once it is empty.
package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"lockstep/mp"
)

var cook = mp.Func2("cook", func(counter *mp.Queue[int], dishes int) error {
	for price := 1; price <= dishes; price++ {
		if err := counter.Put(price); err != nil {
			return err
		}
	}
	return nil
})

var serve = mp.Func2("serve", func(counter *mp.Queue[int], sold *mp.Value[int]) error {
	for {
		price, err := counter.Get()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		sold.Lock()
		sold.Set(sold.Get() + price)
		sold.Unlock()
	}
})

func main() { mp.Main(run) }

func run() error {
	numCooks, numWaiters, dishes := 2, 3, 10
	if args := strings.Join(os.Args[1:], " "); args != "" {
		if _, err := fmt.Sscan(args, &numCooks, &numWaiters, &dishes); err != nil {
			return err
		}
	}
	counter, err := mp.NewQueue[int](4)
	if err != nil {
		return err
	}
	sold := mp.NewValue(0)
	cooks, waiters := make([]*mp.Process, numCooks), make([]*mp.Process, numWaiters)
	for i := range cooks {
		if cooks[i], err = cook.Start(counter, dishes); err != nil {
			return err
		}
	}
	for i := range waiters {
		if waiters[i], err = serve.Start(counter, sold); err != nil {
			return err
		}
	}
	for _, p := range cooks {
		if err := p.Join(); err != nil {
			return err
		}
	}
	if err := counter.Close(); err != nil {
		return err
	}
	for _, p := range waiters {
		if err := p.Join(); err != nil {
			return err
		}
	}
	fmt.Println("sold for", sold.Get())
	return nil
}
