// One of a pool's workers dies of a task; the parent is told, and goes on.
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
	_, failed := square.Map(pool, []int{3})
	all, err := square.Map(pool, []int{1, 2})
	if err != nil {
		return err
	}
	fmt.Println(all, failed != nil)
	return pool.Close()
}

func main() { mp.Main(run) }
