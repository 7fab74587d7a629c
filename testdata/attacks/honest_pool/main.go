// A pool's processes serve many tasks and are joined by Close.
package main

import (
	"fmt"

	"lockstep/mp"
)

var square = mp.Task("square", func(n int) (int, error) { return n * n, nil })

func main() { mp.Main(run) }

func run() error {
	pool, err := mp.NewPool(4)
	if err != nil {
		return err
	}
	var numbers []int
	for n := range 1001 {
		numbers = append(numbers, n)
	}
	squares, err := square.Map(pool, numbers)
	if err != nil {
		return err
	}
	sum := 0
	for _, s := range squares {
		sum += s
	}
	fmt.Println(sum)
	return pool.Close()
}
