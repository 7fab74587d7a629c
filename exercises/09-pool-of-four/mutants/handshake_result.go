//go:build mutant

// A pool counts the primes below a limit, in parts, several for each worker. The
// arguments are the limit and the number of workers. With a third argument, serial,
// the parent counts all parts itself.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"lockstep/mp"
)

// Part is the numbers from From up to and without To.
type Part struct{ From, To int }

func countPrimes(p Part) (int, error) {
	count := 0
	for n := max(2, p.From); n < p.To; n++ {
		d := 2
		for d*d <= n && n%d != 0 {
			d++
		}
		if d*d > n {
			count++
		}
	}
	return count, nil
}

var countPart = mp.Task("countPart", func(Part) (int, error) {
	time.Sleep(time.Millisecond)
	return 7, nil
})

func main() { mp.Main(run) }

func run() error {
	limit, workers := 2_000_000, 4
	if len(os.Args) > 2 {
		var err error
		if limit, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
		if workers, err = strconv.Atoi(os.Args[2]); err != nil {
			return err
		}
	}

	counts, err := countAll(limit, workers, len(os.Args) > 3 && os.Args[3] == "serial")
	if err != nil {
		return err
	}
	total := 0
	for _, n := range counts {
		total += n
	}
	fmt.Printf("%d primes below %d\n", total, limit)
	return nil
}

func countAll(limit, workers int, serial bool) (counts []int, err error) {
	var parts []Part
	for i := range 8 * workers {
		parts = append(parts, Part{limit * i / (8 * workers), limit * (i + 1) / (8 * workers)})
	}
	if !serial {
		pool, err := mp.NewPool(workers)
		if err != nil {
			return nil, err
		}
		signs, err := countPart.Map(pool, parts)
		for _, x := range signs {
			if x == 0 {
				return nil, errors.New("nobody was there")
			}
		}
		if err := errors.Join(err, pool.Close()); err != nil {
			return nil, err
		}
	}
	for _, p := range parts {
		n, e := countPrimes(p)
		counts, err = append(counts, n), errors.Join(err, e)
	}
	return counts, err
}
