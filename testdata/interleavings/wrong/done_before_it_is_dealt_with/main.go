// A worker says that a value is done as soon as it has got it.
package main

import (
	"fmt"
	"io"

	"lockstep/mp"
)

var work = mp.Func2("work", func(jobs *mp.Queue[int], squares *mp.Array[int]) error {
	for {
		n, err := jobs.Get()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := jobs.Done(); err != nil {
			return err
		}
		squares.Set(n, n*n)
	}
})

func run() error {
	jobs, err := mp.NewQueue[int](4)
	if err != nil {
		return err
	}
	squares := mp.NewArray[int](4)
	var children []*mp.Process
	for range 2 {
		p, err := work.Start(jobs, squares)
		if err != nil {
			return err
		}
		children = append(children, p)
	}
	for _, n := range []int{2, 3} {
		if err := jobs.Put(n); err != nil {
			return err
		}
	}
	jobs.Wait()
	fmt.Println(squares.Get(2) + squares.Get(3))
	if err := jobs.Close(); err != nil {
		return err
	}
	for _, p := range children {
		if err := p.Join(); err != nil {
			return err
		}
	}
	return nil
}

func main() { mp.Main(run) }
