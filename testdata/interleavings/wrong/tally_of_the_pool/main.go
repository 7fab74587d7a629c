// The workers of a pool count in a variable of the package what the parent adds up.
package main

import (
	"fmt"

	"lockstep/mp"
)

var even int

var look = mp.Task("look", func(n int) (int, error) {
	if n%2 == 0 {
		even++
	}
	return n, nil
})

func run() error {
	pool, err := mp.NewPool(1)
	if err != nil {
		return err
	}
	if _, err := look.Map(pool, []int{2, 3, 4}); err != nil {
		return err
	}
	fmt.Println(even)
	return pool.Close()
}

func main() { mp.Main(run) }
