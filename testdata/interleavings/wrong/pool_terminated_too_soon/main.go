// Terminate does not wait for what is under way, as Close does.
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
	f := square.Go(pool, 3)
	if err := pool.Terminate(); err != nil {
		return err
	}
	n, err := f.Get()
	fmt.Println(n, err)
	return nil
}

func main() { mp.Main(run) }
