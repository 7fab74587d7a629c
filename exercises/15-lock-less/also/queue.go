//go:build also

// Each worker puts its count into a queue, and the parent adds them up: no lock at all.
package main

import (
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

// steps adds up the steps of every stride-th number from first to limit.
func steps(first, stride, limit int) (sum int) {
	for start := first; start <= limit; start += stride {
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

var count = mp.Func4("count", func(counts *mp.Queue[int], first, stride, limit int) error {
	return counts.Put(steps(first, stride, limit))
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
		fmt.Println(steps(1, 1, limit))
		return nil
	}
	counts, err := mp.NewQueue[int](workers)
	if err != nil {
		return err
	}
	var started []*mp.Process
	for i := range workers {
		p, err := count.Start(counts, i+1, workers, limit)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	total := 0
	for range started {
		n, err := counts.Get()
		if err != nil {
			return err
		}
		total += n
	}
	for _, p := range started {
		if err := p.Join(); err != nil {
			return err
		}
	}
	fmt.Println(total)
	return nil
}
