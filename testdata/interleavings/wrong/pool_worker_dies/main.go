// One of a pool's workers dies of a task.
package main

import (
	"fmt"
	"os"

	"lockstep/mp"
)

var square = mp.Task("square", func(n int) (int, error) {
	if n == 3 {
		os.Exit(1)
	}
	return n * n, nil
})

func run() error {
	pool, err := mp.NewPool(2)
	if err != nil {
		return err
	}
	all, err := square.Map(pool, []int{1, 2, 3})
	if err != nil {
		return err
	}
	fmt.Println(all)
	return pool.Close()
}

func main() { mp.Main(run) }
