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
	squares, err := square.Map(pool, []int{1, 2, 3})
	if err != nil {
		return err
	}
	if err := pool.Close(); err != nil {
		return err
	}
	fmt.Println(squares)
	return nil
}

func main() { mp.Main(run) }
