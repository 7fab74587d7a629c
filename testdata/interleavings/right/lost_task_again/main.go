// A pool whose worker dies reports the task that it had begun, and the parent maps again.
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
	defer pool.Close()
	squares, err := square.Map(pool, []int{1, 2})
	for err != nil {
		squares, err = square.Map(pool, []int{1, 2})
	}
	fmt.Println(squares)
	return nil
}

func main() { mp.Main(run) }
