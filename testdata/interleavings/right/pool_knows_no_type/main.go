// The workers don't know the type of an argument, which only the parent has registered:
// each dies of it, the map fails, and the pool goes on.
package main

import (
	"fmt"

	"lockstep/mp"
)

type own struct{ N int }

var keep = mp.Task("keep", func(x any) (any, error) { return x, nil })

func run() error {
	mp.Register(own{})
	pool, err := mp.NewPool(1)
	if err != nil {
		return err
	}
	_, failed := keep.Map(pool, []any{own{1}})
	all, err := keep.Map(pool, []any{2})
	if err != nil {
		return err
	}
	fmt.Println(all, failed != nil)
	return pool.Close()
}

func main() { mp.Main(run) }
