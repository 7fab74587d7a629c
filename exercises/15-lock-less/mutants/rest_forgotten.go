//go:build mutant

// Workers share the numbers from 1 to LIMIT among them, count how many steps each
// number takes to reach 1 (halve an even one, triple an odd one and add one), and
// add their counts to a shared total. The arguments are the number of workers and
// LIMIT. With 0 workers the parent does everything itself, for comparison.
package main

import (
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

// steps adds up the steps of the numbers from first to last.
func steps(first, last int) (sum int) {
	for start := first; start <= last; start++ {
		for n := start; n != 1; sum++ {
			if n%2 == 0 {
				n /= 2
			} else {
				n = 3*n + 1
			}
		}
	}
	return sum
}

var count = mp.Func3("count", func(total *mp.Value[int], first, last int) error {
	sum := steps(first, last)
	total.Lock()
	total.Set(total.Get() + sum)
	total.Unlock()
	return nil
})

func main() { mp.Main(run) }

func run() error {
	workers, limit := 4, 1_000_000
	if len(os.Args) > 2 {
		var err error
		if workers, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
		if limit, err = strconv.Atoi(os.Args[2]); err != nil {
			return err
		}
	}
	if workers == 0 {
		fmt.Println(steps(1, limit))
		return nil
	}

	total := mp.NewValue(0)
	var started []*mp.Process
	size := limit / workers
	for i := range workers {
		p, err := count.Start(total, i*size+1, (i+1)*size)
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
	fmt.Println(total.Get())
	return nil
}
