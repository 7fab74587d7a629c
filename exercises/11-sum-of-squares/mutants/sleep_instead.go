//go:build mutant

// The sum of the squares of 1 to n, where n is the first argument. The numbers are
// cut into ranges, as many as the second argument says, and a process adds up each.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"

	"lockstep/mp"
)

// addSquares adds the squares of first, first+1, … last to total.
var addSquares = mp.Func3("addSquares", func(first, last int, total *mp.Value[int]) error {
	sum := 0
	for i := first; i <= last; i++ {
		sum += i * i
	}
	total.Lock()
	total.Set(total.Get() + sum)
	total.Unlock()
	return nil
})

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

	total := mp.NewValue(0)
	for r := range ranges {
		if _, err := addSquares.Start(n*r/ranges+1, n*(r+1)/ranges, total); err != nil {
			return err
		}
	}
	time.Sleep(500 * time.Millisecond)
	fmt.Println(total.Get())
	return nil
}
