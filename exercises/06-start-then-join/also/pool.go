//go:build also

// A pool with a worker for each part. With a third argument, serial, the parent does all
// parts itself.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

// Range is the numbers from From up to and without To.
type Range struct{ From, To int }

func sum(r Range) (int, error) {
	s := 0
	for i := r.From; i < r.To; i++ {
		s = (s + i*i) % 1_000_003
	}
	return s, nil
}

var sumTask = mp.Task("sum", sum)

func main() { mp.Main(run) }

func run() error {
	parts, size := 10, 10_000_000
	if len(os.Args) > 2 {
		var err error
		if parts, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
		if size, err = strconv.Atoi(os.Args[2]); err != nil {
			return err
		}
	}
	var ranges []Range
	for part := range parts {
		ranges = append(ranges, Range{part * size, (part + 1) * size})
	}
	all := inPool
	if len(os.Args) > 3 && os.Args[3] == "serial" {
		all = serially
	}
	sums, err := all(ranges)
	for part, s := range sums {
		fmt.Printf("part %d: %d\n", part, s)
	}
	return err
}

func serially(ranges []Range) (sums []int, err error) {
	for _, r := range ranges {
		s, failed := sum(r)
		sums, err = append(sums, s), errors.Join(err, failed)
	}
	return sums, err
}

func inPool(ranges []Range) ([]int, error) {
	pool, err := mp.NewPool(len(ranges))
	if err != nil {
		return nil, err
	}
	sums, err := sumTask.Map(pool, ranges)
	return sums, errors.Join(err, pool.Close())
}
