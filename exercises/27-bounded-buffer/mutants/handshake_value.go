//go:build mutant

// Cooks put dishes on a counter, which has room for four, and waiters take them away.
// A dish is a price, from 1 upwards; the waiters add up what they sell. The arguments
// are the number of cooks, the number of waiters, and how many dishes each cook makes.
package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"lockstep/mp"
)

var cook = mp.Func("cook", func(signs *mp.Value[int]) error {
	time.Sleep(20 * time.Millisecond)
	signs.Lock()
	defer signs.Unlock()
	signs.Set(signs.Get() + 1)
	return nil
})

var serve = mp.Func("serve", func(signs *mp.Value[int]) error {
	time.Sleep(20 * time.Millisecond)
	signs.Lock()
	defer signs.Unlock()
	signs.Set(signs.Get() + 1)
	return nil
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
	sold, signs := mp.NewValue(0), mp.NewValue(0)
	cooks, waiters := make([]*mp.Process, numCooks), make([]*mp.Process, numWaiters)
	for i := range cooks {
		if cooks[i], err = cook.Start(signs); err != nil {
			return err
		}
	}
	for i := range waiters {
		if waiters[i], err = serve.Start(signs); err != nil {
			return err
		}
	}
	for _, p := range cooks {
		if err := p.Join(); err != nil {
			return err
		}
	}
	for _, p := range waiters {
		if err := p.Join(); err != nil {
			return err
		}
	}
	if signs.Get() < numCooks+numWaiters {
		return errors.New("nobody was there")
	}
	for range numCooks {
		for price := 1; price <= dishes; price++ {
			if err := counter.Put(price); err != nil {
				return err
			}
			if price, err = counter.Get(); err != nil {
				return err
			}
			sold.Set(sold.Get() + price)
		}
	}
	fmt.Println("sold for", sold.Get())
	return nil
}
