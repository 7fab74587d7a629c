// Each worker has a counter of its own.
package main

import (
	"fmt"

	"lockstep/mp"
)

var seen int

var number = mp.Task("number", func(int) (int, error) {
	seen++
	return seen, nil
})

func run() error {
	pool, err := mp.NewPool(2)
	if err != nil {
		return err
	}
	ns, err := number.Map(pool, []int{0, 0, 0})
	if err != nil {
		return err
	}
	if err := pool.Close(); err != nil {
		return err
	}
	most := 0
	for _, n := range ns {
		most = max(most, n)
	}
	fmt.Println(most)
	return nil
}

func main() { mp.Main(run) }
