// A loop terminates its pool at the first result. It still gets what has come, in order, and
// then the error, if anything is missing.
package main

import (
	"errors"
	"fmt"
	"slices"

	"lockstep/mp"
)

var square = mp.Task("square", func(n int) (int, error) { return n * n, nil })

func run() error {
	pool, err := mp.NewPool(2)
	if err != nil {
		return err
	}
	var all []int
	over := false
	for n, err := range square.MapOrdered(pool, []int{1, 2, 3}) {
		switch {
		case over:
			return errors.New("something comes after the error")
		case errors.Is(err, mp.ErrPoolTerminated):
			over = true
			continue
		case err != nil:
			return err
		}
		if all = append(all, n); len(all) == 1 {
			if err := pool.Terminate(); err != nil {
				return err
			}
		}
	}
	fmt.Println(slices.Equal(all, []int{1, 4, 9}[:len(all)]), over || len(all) == 3)
	return pool.Close()
}

func main() { mp.Main(run) }
