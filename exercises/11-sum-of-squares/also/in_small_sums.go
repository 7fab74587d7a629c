//go:build also

// Each process takes every ranges-th number, and adds to the total whenever its own sum has
// grown large.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

var addSquares = mp.Func4("addSquares", func(first, step, last int, total *mp.Value[int]) error {
	add := func(x int) {
		total.Lock()
		defer total.Unlock()
		total.Set(total.Get() + x)
	}
	sum := 0
	for i := first; i <= last; i += step {
		if sum += i * i; sum > 1000 {
			add(sum)
			sum = 0
		}
	}
	add(sum)
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
	for r := range ranges {
		p, err := addSquares.Start(r+1, ranges, n, total)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	var failed error
	for _, p := range started {
		failed = errors.Join(failed, p.Join())
	}
	if failed == nil {
		_, failed = fmt.Println(total.Get())
	}
	return failed
}
