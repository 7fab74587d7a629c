//go:build mutant

// The sum of the squares of 1 to n, where n is the first argument. The numbers are
// cut into ranges, as many as the second argument says, and a process adds up each.
package main

import (
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

func main() { mp.Main(run) }

func run() error {
	n, ranges := 100, 4
	if len(os.Args) > 2 {
		var err error
		if n, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
		if ranges, err = strconv.Atoi(os.Args[2]); err != nil {
			return err
		}
	}

	sums := make(chan int)
	for r := range ranges {
		go func() {
			sum := 0
			for i := n*r/ranges + 1; i <= n*(r+1)/ranges; i++ {
				sum += i * i
			}
			sums <- sum
		}()
	}
	total := 0
	for range ranges {
		total += <-sums
	}
	fmt.Println(total)
	return nil
}
