// Two workers take numbers from a queue and square them. Another takes the place of one that
// is lost, but not the number that it had taken.
package main

import (
	"fmt"

	"lockstep/mp"
)

var square = mp.Func2("square", func(numbers *mp.Queue[int], squares *mp.Array[int]) error {
	for {
		n, err := numbers.Get()
		if err != nil {
			return nil // there are no more
		}
		squares.Set(n, n*n)
	}
})

func run() error {
	squares := mp.NewArray[int](3)
	numbers, err := mp.NewQueue[int](2)
	if err != nil {
		return err
	}
	for n := 1; n < squares.Len(); n++ {
		if err := numbers.Put(n); err != nil {
			return err
		}
	}
	if err := numbers.Close(); err != nil {
		return err
	}
	var workers []*mp.Process
	for range 2 {
		p, err := square.Start(numbers, squares)
		if err != nil {
			return err
		}
		workers = append(workers, p)
	}
	for _, p := range workers {
		for p.Join() != nil {
			if p, err = square.Start(numbers, squares); err != nil {
				return err
			}
		}
	}
	fmt.Println(squares.Get(1), squares.Get(2))
	return nil
}

func main() { mp.Main(run) }
