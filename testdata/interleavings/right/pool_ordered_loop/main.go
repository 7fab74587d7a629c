// A loop takes results in the order of the arguments, whichever worker is the first. Within
// it, the pool is given a call.
package main

import (
	"fmt"

	"lockstep/mp"
)

var square = mp.Task("square", func(n int) (int, error) { return n * n, nil })

func run() error {
	pool, err := mp.NewPool(2)
	if err != nil {
		return err
	}
	var all []int
	for n, err := range square.MapOrdered(pool, []int{2, 3, 4}) {
		if err != nil {
			return err
		}
		m, err := square.Go(pool, n).Get()
		if err != nil {
			return err
		}
		all = append(all, n, m)
	}
	fmt.Println(all)
	return pool.Close()
}

func main() { mp.Main(run) }
