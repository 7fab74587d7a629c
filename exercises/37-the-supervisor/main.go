// Workers take tasks from a queue: numbers to be squared. A worker may be killed at any
// moment; every square must be in the total all the same, once. The arguments are how
// many workers and tasks there are, and which task kills the worker that takes it, if any.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"lockstep/mp"
)

// Task is a number, and whether it kills the worker that takes it.
type Task struct {
	N      int
	Deadly bool
}

var work = mp.Func2("work", func(tasks *mp.Queue[Task], squares *mp.Array[int]) error {
	for {
		t, err := tasks.Get()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if t.Deadly {
			return mp.Current().Kill()
		}
		squares.Set(t.N-1, t.N*t.N)
	}
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
	tasks, err := mp.NewQueue[Task](count)
	if err != nil {
		return err
	}
	for n := 1; n <= count; n++ {
		if err := tasks.Put(Task{n, n == deadly}); err != nil {
			return err
		}
	}
	tasks.Close()
	started := make([]*mp.Process, workers)
	for i := range started {
		if started[i], err = work.Start(tasks, squares); err != nil {
			return err
		}
	}
	for _, p := range started {
		for p.Join() != nil { // it was killed: another takes its place
			if p, err = work.Start(tasks, squares); err != nil {
				return err
			}
		}
	}
	total := 0
	for i := range count {
		total += squares.Get(i)
	}
	fmt.Println("total", total)
	return nil
}
