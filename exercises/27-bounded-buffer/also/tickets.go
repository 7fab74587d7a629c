//go:build also

// As many tickets as dishes: a waiter takes one before each dish, and goes when there is none.
package main

import (
	"fmt"
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

// take takes a ticket, if there is one left.
func take(tickets *mp.Value[int]) bool {
	tickets.Lock()
	defer tickets.Unlock()
	left := tickets.Get()
	if left > 0 {
		tickets.Set(left - 1)
	}
	return left > 0
}

var serve = mp.Func3("serve", func(counter *mp.Queue[int], sold, tickets *mp.Value[int]) error {
	mine := 0
	for take(tickets) {
		price, err := counter.Get()
		if err != nil {
			return err
		}
		mine += price
	}
	sold.Lock()
	defer sold.Unlock()
	sold.Set(sold.Get() + mine)
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
	sold, tickets := mp.NewValue(0), mp.NewValue(numCooks*dishes)
	cooks, waiters := make([]*mp.Process, numCooks), make([]*mp.Process, numWaiters)
	for i := range cooks {
		if cooks[i], err = cook.Start(counter, dishes); err != nil {
			return err
		}
	}
	for i := range waiters {
		if waiters[i], err = serve.Start(counter, sold, tickets); err != nil {
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
	fmt.Println("sold for", sold.Get())
	return nil
}
