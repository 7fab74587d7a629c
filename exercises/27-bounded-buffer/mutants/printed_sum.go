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

func main() { mp.Main(run) }

func run() error {
	numCooks, numWaiters, dishes := 2, 3, 10
	if args := strings.Join(os.Args[1:], " "); args != "" {
		if _, err := fmt.Sscan(args, &numCooks, &numWaiters, &dishes); err != nil {
			return err
		}
	}
	fmt.Println("sold for", numCooks*dishes*(dishes+1)/2)
	return nil
}
