// Each worker writes one square. The parent starts another for each that is lost.
package main

import (
	"fmt"

	"lockstep/mp"
)

var square = mp.Func2("square", func(squares *mp.Array[int], i int) error {
	squares.Set(i, (i+1)*(i+1))
	return nil
})

func run() error {
	squares := mp.NewArray[int](2)
	var workers []*mp.Process
	for i := range squares.Len() {
		p, err := square.Start(squares, i)
		if err != nil {
			return err
		}
		workers = append(workers, p)
	}
	for i, p := range workers {
		for p.Join() != nil {
			var err error
			if p, err = square.Start(squares, i); err != nil {
				return err
			}
		}
	}
	fmt.Println(squares.Get(0), squares.Get(1))
	return nil
}

func main() { mp.Main(run) }
