// The loop is left at the second result. Nobody is told whether the third was worked out.
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
	sum := 0
	for n, err := range square.MapOrdered(pool, []int{1, 2, 3, 4}) {
		if err != nil {
			return err
		}
		if sum += n; n == 4 {
			break
		}
	}
	all, err := square.Map(pool, []int{5})
	fmt.Println(sum, all, err)
	return pool.Close()
}

func main() { mp.Main(run) }
