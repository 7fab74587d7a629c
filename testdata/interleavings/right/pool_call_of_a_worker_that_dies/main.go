// The worker dies of the first call, which fails. Another process takes its place and makes
// the second.
package main

import (
	"errors"
	"fmt"
	"os"

	"lockstep/mp"
)

var half = mp.Task("half", func(n int) (int, error) {
	if n == 0 {
		os.Exit(3)
	}
	return n / 2, nil
})

func run() error {
	pool, err := mp.NewPool(1)
	if err != nil {
		return err
	}
	a, b := half.Go(pool, 0), half.Go(pool, 8)
	n, err := b.Get()
	if err != nil {
		return err
	}
	_, err = a.Get()
	var died *mp.ExitError
	if !errors.As(err, &died) {
		return err
	}
	fmt.Println(n, died.Code)
	return pool.Close()
}

func main() { mp.Main(run) }
