// The parent asks for the result without waiting, and does not ask whether it was there.
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
	n, _, err := f.GetTimeout(0)
	if err != nil {
		return err
	}
	fmt.Println(n)
	return pool.Close()
}

func main() { mp.Main(run) }
