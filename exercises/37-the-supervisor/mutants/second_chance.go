//go:build mutant

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

	var todo []Task
	for n := 1; n <= count; n++ {
		todo = append(todo, Task{n, n == deadly})
	}
	squares := mp.NewArray[int](count)
	for tries := 0; len(todo) > 0 && tries < 2; tries++ {
		if err := round(workers, todo, squares); err != nil {
			return err
		}
		todo = nil
		for i := range count {
			if squares.Get(i) == 0 { // whoever had taken the task is dead
				todo = append(todo, Task{N: i + 1})
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

// round has workers do tasks, and comes back when all workers have ended, those too that
// were killed.
func round(workers int, todo []Task, squares *mp.Array[int]) error {
	tasks, err := mp.NewQueue[Task](len(todo))
	if err != nil {
		return err
	}
	for _, t := range todo {
		if err := tasks.Put(t); err != nil {
			return err
		}
	}
	if err := tasks.Close(); err != nil {
		return err
	}
	var started []*mp.Process
	for range min(workers, len(todo)) {
		p, err := work.Start(tasks, squares)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	for _, p := range started {
		var exit *mp.ExitError
		if err := p.Join(); err != nil && !(errors.As(err, &exit) && exit.Signal != 0) {
			return err
		}
	}
	return nil
}
