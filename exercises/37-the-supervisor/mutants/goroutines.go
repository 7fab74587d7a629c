//go:build mutant

// Workers take tasks from a queue: numbers to be squared. A worker may be killed at any
// moment; every square must be in the total all the same, once. The arguments are how
// many workers and tasks there are, and which task kills the worker that takes it, if any.
package main

import (
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

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

	tasks, squares := make(chan int, count), make(chan int, count)
	for n := 1; n <= count; n++ {
		tasks <- n
	}
	close(tasks)
	for range workers {
		go func() {
			for n := range tasks {
				squares <- n * n
			}
		}()
	}
	total := 0
	for range count {
		total += <-squares
	}
	fmt.Println("total", total)
	_ = deadly
	return nil
}
