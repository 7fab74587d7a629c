// A call whose worker is killed fails in its place, and is made again there.
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
	var all []int
	for n, err := range square.MapOrdered(pool, []int{3, 4}) {
		for err != nil {
			n, err = square.Go(pool, 3+len(all)).Get()
		}
		all = append(all, n)
	}
	fmt.Println(all)
	pool.Close() // with an error, of a worker that was killed when there was nothing to do
	return nil
}

func main() { mp.Main(run) }
