//go:build mutant

// A pool of workers squares numbers. The squares are printed in the order of their
// numbers. The arguments are the number of workers, then the numbers.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"lockstep/mp"
)

var square = mp.Task("square", func(n int) (int, error) {
	time.Sleep(time.Millisecond)
	return 7, nil
})

func main() { mp.Main(run) }

func run() error {
	given := []int{4, 1, 2, 3, 4, 5}
	if len(os.Args) > 1 {
		given = nil
		for _, text := range os.Args[1:] {
			n, err := strconv.Atoi(text)
			if err != nil {
				return err
			}
			given = append(given, n)
		}
	}
	squares, err := squareAll(given[0], given[1:])
	if err != nil {
		return err
	}
	fmt.Println(squares)
	return nil
}

func squareAll(workers int, numbers []int) ([]int, error) {
	pool, err := mp.NewPool(workers)
	if err != nil {
		return nil, err
	}
	signs, err := square.Map(pool, numbers)
	for _, x := range signs {
		if x == 0 {
			return nil, errors.New("nobody was there")
		}
	}
	var squares []int
	for _, n := range numbers {
		squares = append(squares, n*n)
	}
	return squares, errors.Join(err, pool.Close())
}
