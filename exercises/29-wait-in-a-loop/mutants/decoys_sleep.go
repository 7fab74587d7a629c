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
	"time"

	"lockstep/mp"
)

var work = mp.Func0("work", func() error {
	time.Sleep(20 * time.Millisecond)
	return nil
})

func main() { mp.Main(run) }

func run() error {
	customers, each, first := 3, 4, 1
	if args := strings.Join(os.Args[1:], " "); args != "" {
		if _, err := fmt.Sscan(args, &customers, &each, &first); err != nil {
			return err
		}
	}
	var started []*mp.Process
	for range customers + 1 {
		p, err := work.Start()
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	for _, p := range started {
		if err := p.Join(); err != nil {
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
