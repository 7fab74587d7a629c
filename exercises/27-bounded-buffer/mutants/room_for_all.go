//go:build mutant

// Cooks put dishes on a counter, which has room for four, and waiters take them away.
// A dish is a price, from 1 upwards; the waiters add up what they sell. The arguments
// are the number of cooks, the number of waiters, and how many dishes each cook makes.
package main

import (
	"fmt"
	"os"
	"strings"

	"lockstep/mp"
)

const closed = 0 // is no dish: it says that no more will come

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
		if err != nil || price == closed {
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
	counter, err := mp.NewQueue[int](numCooks*dishes + numWaiters)
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
	for _, p := range cooks {
		if err := p.Join(); err != nil {
			return err
		}
	}
	for i := range waiters {
		if waiters[i], err = serve.Start(counter, sold); err != nil {
			return err
		}
	}
	for range waiters { // each takes one away
		if err := counter.Put(closed); err != nil {
			return err
		}
	}
	for _, p := range waiters {
		if err := p.Join(); err != nil {
			return err
		}
	}
	fmt.Println("sold for", sold.Get())
	return nil
}
