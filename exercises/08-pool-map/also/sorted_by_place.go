//go:build also

// A pool's map over pairs: the squares are sorted by their places in the end, as if Map did
// not keep the order.
package main

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strconv"

	"lockstep/mp"
)

// Placed is a number that knows its place.
type Placed struct{ Place, N int }

var square = mp.Task("square", func(p Placed) (Placed, error) { return Placed{p.Place, p.N * p.N}, nil })

func main() { mp.Main(run) }

func run() error {
	var given []int
	for _, text := range os.Args[1:] {
		n, err := strconv.Atoi(text)
		if err != nil {
			return err
		}
		given = append(given, n)
	}
	if given == nil {
		given = []int{4, 1, 2, 3, 4, 5}
	}
	var tasks []Placed
	for i, n := range given[1:] {
		tasks = append(tasks, Placed{i, n})
	}
	pool, err := mp.NewPool(given[0])
	if err != nil {
		return err
	}
	results, err := square.Map(pool, tasks)
	if closed := pool.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	slices.SortFunc(results, func(a, b Placed) int { return cmp.Compare(a.Place, b.Place) })
	squares := make([]int, 0, len(results))
	for _, r := range results {
		squares = append(squares, r.N)
	}
	_, err = fmt.Println(squares)
	return err
}
