// The parent looks in on a call until it has returned.
package main

import (
	"fmt"

	"lockstep/mp"
)

var square = mp.Task("square", func(n int) (int, error) { return n * n, nil })

func run() error {
	pool, err := mp.NewPool(1)
	if err != nil {
		return err
	}
	f := square.Go(pool, 3)
	for {
		n, ok, err := f.GetTimeout(0)
		if err != nil {
			return err
		}
		if ok {
			fmt.Println(n)
			return pool.Close()
		}
	}
}

func main() { mp.Main(run) }
