// A call is made again until its worker lives long enough to return.
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
	a, b := square.Go(pool, 3), square.Go(pool, 4)
	sum := 0
	for i, f := range []*mp.Future[int]{a, b} {
		n, err := f.Get()
		for err != nil {
			n, err = square.Go(pool, 3+i).Get()
		}
		sum += n
	}
	fmt.Println(sum)
	pool.Close() // with an error, of a worker that was killed when there was nothing to do
	return nil
}

func main() { mp.Main(run) }
