//go:build mutant

// A baker bakes loaves and puts them on a shelf. Customers take them; who finds the
// shelf empty waits until the baker signals that there is fresh bread. Each loaf costs
// one more than the one before. The arguments are the number of customers, how many
// loaves each buys, one at a time, and the price of the first; as many are baked.
package main

import (
	"fmt"
	"os"
	"strings"

	"lockstep/mp"
)

func main() { mp.Main(run) }

func run() error {
	customers, each, first := 3, 4, 1
	if args := strings.Join(os.Args[1:], " "); args != "" {
		if _, err := fmt.Sscan(args, &customers, &each, &first); err != nil {
			return err
		}
	}
	sum := 0
	for price := first; price < first+customers*each; price++ {
		sum += price
	}
	fmt.Println("the customers paid", sum)
	return nil
}
