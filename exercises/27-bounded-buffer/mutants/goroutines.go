//go:build mutant

// Cooks put dishes on a counter, which has room for four, and waiters take them away.
// A dish is a price, from 1 upwards; the waiters add up what they sell. The arguments
// are the number of cooks, the number of waiters, and how many dishes each cook makes.
package main

import (
	"fmt"
	"os"
	"strings"
	"sync"

	"lockstep/mp"
)

const closed = 0 // is no dish: it says that no more will come

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
	var cooks, waiters sync.WaitGroup
	for range numCooks {
		cooks.Go(func() {
			for price := 1; price <= dishes; price++ {
				counter.Put(price)
			}
		})
	}
	for range numWaiters {
		waiters.Go(func() {
			for {
				price, err := counter.Get()
				if err != nil || price == closed {
					return
				}
				sold.Lock()
				sold.Set(sold.Get() + price)
				sold.Unlock()
			}
		})
	}
	cooks.Wait()
	for range numWaiters {
		if err := counter.Put(closed); err != nil {
			return err
		}
	}
	waiters.Wait()
	fmt.Println("sold for", sold.Get())
	return nil
}
