// Two workers live on from one round to the next, which begins when all of the last is done.
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
		squares.Set(n, n*n)
		if err := jobs.Done(); err != nil {
			return err
		}
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
	sum := 0
	for _, round := range [][]int{{2}, {1, 3}} {
		for _, n := range round {
			if err := jobs.Put(n); err != nil {
				return err
			}
		}
		jobs.Wait()
		for _, n := range round {
			sum += squares.Get(n)
		}
		fmt.Println(sum)
	}
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
