//go:build also

// Waiters send what they sell to the parent, each through a pipe of its own, and the parent adds it up.
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

var serve = mp.Func2("serve", func(counter *mp.Queue[int], till *mp.Conn) error {
	sum := 0
	for {
		price, err := counter.Get()
		if err != nil {
			return err
		}
		if price == closed {
			return till.Send(sum)
		}
		sum += price
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
	tills := make([]*mp.Conn, numWaiters)
	cooks, waiters := make([]*mp.Process, numCooks), make([]*mp.Process, numWaiters)
	for i := range cooks {
		if cooks[i], err = cook.Start(counter, dishes); err != nil {
			return err
		}
	}
	for i := range waiters {
		here, there, err := mp.Pipe()
		if err != nil {
			return err
		}
		if waiters[i], err = serve.Start(counter, there); err != nil {
			return err
		}
		there.Close()
		tills[i] = here
	}
	for _, p := range cooks {
		if err := p.Join(); err != nil {
			return err
		}
	}
	for range waiters { // each takes one away
		if err := counter.Put(closed); err != nil {
			return err
		}
	}
	total := 0
	for i, p := range waiters {
		sum, err := mp.Recv[int](tills[i])
		if err != nil {
			return err
		}
		if err := p.Join(); err != nil {
			return err
		}
		total += sum
	}
	fmt.Println("sold for", total)
	return nil
}
