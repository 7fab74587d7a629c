//go:build also

// A worker does one task and ends, and so many work at the same time. Whoever ends first is
// joined first; if it was killed, its task is given to another.
package main

import (
	"fmt"
	"os"
	"slices"
	"strconv"

	"lockstep/mp"
)

var square = mp.Func3("square", func(squares *mp.Array[int], n int, deadly bool) error {
	if deadly {
		return mp.Current().Kill()
	}
	squares.Set(n-1, n*n)
	return nil
})

func main() { mp.Main(run) }

func run() error {
	numbers := []int{2, 6, 0}
	for i := range min(len(numbers), len(os.Args)-1) {
		var err error
		if numbers[i], err = strconv.Atoi(os.Args[i+1]); err != nil {
			return err
		}
	}
	workers, count, deadly := numbers[0], numbers[1], numbers[2]

	squares := mp.NewArray[int](count)
	var todo, doing []int
	for n := 1; n <= count; n++ {
		todo = append(todo, n)
	}
	var running []*mp.Process
	for len(todo)+len(running) > 0 {
		for len(todo) > 0 && len(running) < workers {
			p, err := square.Start(squares, todo[0], todo[0] == deadly)
			if err != nil {
				return err
			}
			running, doing, todo = append(running, p), append(doing, todo[0]), todo[1:]
		}
		i, err := mp.WaitAny(running...)
		if i < 0 {
			return err
		}
		if err != nil {
			todo, deadly = append(todo, doing[i]), 0
		}
		running, doing = slices.Delete(running, i, i+1), slices.Delete(doing, i, i+1)
	}
	total := 0
	for i := range count {
		total += squares.Get(i)
	}
	fmt.Println("total", total)
	return nil
}
