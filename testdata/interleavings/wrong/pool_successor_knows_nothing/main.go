// A worker dies of the last of its two tasks: what it has learned is lost with it.
package main

import (
	"fmt"
	"os"

	"lockstep/mp"
)

var seen int

var number = mp.Task("number", func(n int) (int, error) {
	if seen++; n == 0 {
		os.Exit(3)
	}
	return seen, nil
})

func run() error {
	pool, err := mp.NewPool(1)
	if err != nil {
		return err
	}
	all, _ := number.MapChunks(pool, []int{1, 0, 1}, 2)
	if err := pool.Close(); err != nil {
		return err
	}
	fmt.Println(all)
	return nil
}

func main() { mp.Main(run) }
