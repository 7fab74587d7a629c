//go:build mutant

// The sum of the squares of 1 to n, where n is the first argument. The numbers are
// cut into ranges, as many as the second argument says, and a process adds up each.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

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
	var started []*mp.Process
	size := n / ranges
	for r := range ranges {
		p, err := addSquares.Start(r*size+1, (r+1)*size, total)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	var failed error
	for _, p := range started {
		failed = errors.Join(failed, p.Join())
	}
	if failed != nil {
		return failed
	}
	fmt.Println(total.Get())
	return nil
}
