// The second of three arguments can't be sent: the map fails, and the pool goes on.
package main

import (
	"fmt"

	"lockstep/mp"
)

var keep = mp.Task("keep", func(x any) (any, error) { return x, nil })

func run() error {
	pool, err := mp.NewPool(2)
	if err != nil {
		return err
	}
	_, failed := keep.Map(pool, []any{1, func() {}, 3})
	all, err := keep.Map(pool, []any{1})
	if err != nil {
		return err
	}
	fmt.Println(all, failed != nil)
	return pool.Close()
}

func main() { mp.Main(run) }
