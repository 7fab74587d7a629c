//go:build also

// A pool starts another worker for one that has died, and says which task failed. What has
// failed is given to the pool again.
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

var square = mp.Task("square", func(t Task) (int, error) {
	if t.Deadly {
		return 0, mp.Current().Kill()
	}
	return t.N * t.N, nil
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

	pool, err := mp.NewPool(workers)
	if err != nil {
		return err
	}
	var todo []Task
	for n := 1; n <= count; n++ {
		todo = append(todo, Task{n, n == deadly})
	}
	total := 0
	for len(todo) > 0 {
		var again []Task
		for n, err := range square.MapUnordered(pool, todo) {
			var failed *mp.TaskError
			switch {
			case errors.As(err, &failed):
				again = append(again, Task{N: todo[failed.Index].N})
			case err != nil:
				return err
			default:
				total += n
			}
		}
		todo = again
	}
	fmt.Println("total", total)
	var exit *mp.ExitError
	if err := pool.Close(); !errors.As(err, &exit) { // a worker may die after the last task, too
		return err
	}
	return nil
}
