//go:build also

// The squares stand in a managed dict, by task: who does a task twice writes the same twice.
// Each worker is started with a list of tasks; what is not in the dict when all have ended
// is dealt out again.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

// Task is a number, and whether it kills the worker that takes it.
type Task struct {
	N      int
	Deadly bool
}

var work = mp.Func2("work", func(tasks []Task, squares *mp.Dict[int, int]) error {
	for _, t := range tasks {
		if t.Deadly {
			return mp.Current().Kill()
		}
		if err := squares.Set(t.N, t.N*t.N); err != nil {
			return err
		}
	}
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

	m, err := mp.NewManager()
	if err != nil {
		return err
	}
	squares, err := mp.NewDict[int, int](m)
	if err != nil {
		return err
	}
	done := map[int]int{}
	for len(done) < count {
		hands := make([][]Task, workers)
		for n := 1; n <= count; n++ {
			if _, ok := done[n]; !ok {
				hands[n%workers] = append(hands[n%workers], Task{n, n == deadly})
			}
		}
		deadly = 0
		if err := deal(hands, squares); err != nil {
			return err
		}
		if done, err = squares.All(); err != nil {
			return err
		}
	}
	total := 0
	for _, n := range done {
		total += n
	}
	fmt.Println("total", total)
	return m.Close()
}

// deal starts a worker for each hand of tasks, and waits for all.
func deal(hands [][]Task, squares *mp.Dict[int, int]) error {
	var started []*mp.Process
	for _, tasks := range hands {
		if len(tasks) == 0 {
			continue
		}
		p, err := work.Start(tasks, squares)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	for _, p := range started {
		var exit *mp.ExitError
		if err := p.Join(); err != nil && !errors.As(err, &exit) {
			return err
		}
	}
	return nil
}
