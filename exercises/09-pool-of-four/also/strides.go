//go:build also

// A pool whose tasks are strides: task i counts the primes among i, i+tasks, i+2·tasks, …
// With a third argument, serial, the parent counts them itself.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

// Stride is every Step-th number from First up to and without Limit.
type Stride struct{ First, Step, Limit int }

var count = mp.Task("count", primes)

func primes(s Stride) (int, error) {
	if s.Step < 1 {
		return 0, errors.New("a stride needs a step")
	}
	found := 0
	for n := s.First; n < s.Limit; n += s.Step {
		if isPrime(n) {
			found++
		}
	}
	return found, nil
}

func isPrime(n int) bool {
	if n < 4 {
		return n > 1
	}
	if n%2 == 0 {
		return false
	}
	for d := 3; d <= n/d; d++ {
		if n%d == 0 {
			return false
		}
	}
	return true
}

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
	total, err := 0, error(nil)
	if len(os.Args) > 3 && os.Args[3] == "serial" {
		total, err = primes(Stride{0, 1, limit})
	} else {
		total, err = inPool(limit, workers)
	}
	if err != nil {
		return err
	}
	fmt.Println(total, "primes below", limit)
	return nil
}

func inPool(limit, workers int) (total int, err error) {
	const each = 31 // a prime, so that no task gets only even numbers
	strides := make([]Stride, each)
	for i := range strides {
		strides[i] = Stride{i, each, limit}
	}
	pool, err := mp.NewPool(workers)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	counts, err := count.Map(pool, strides)
	for _, n := range counts {
		total += n
	}
	return total, err
}
