//go:build also

// Workers wait at a semaphore, which the parent releases once for each when it has started
// all of them. Who comes through takes the next number from a queue.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

var work = mp.Func2("work", func(gate *mp.Semaphore, numbers *mp.Queue[int]) error {
	gate.Acquire()
	id, err := numbers.Get()
	if err != nil {
		return err
	}
	fmt.Printf("worker %d has pid %d\n", id, os.Getpid())
	return nil
})

func main() { mp.Main(run) }

func run() error {
	workers := 5
	if len(os.Args) > 1 {
		var err error
		if workers, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
	}
	gate := mp.NewSemaphore(0)
	numbers, err := mp.NewQueue[int](workers)
	if err != nil {
		return err
	}
	var started []*mp.Process
	for id := range workers {
		if err := numbers.Put(id); err != nil {
			return err
		}
		p, err := work.Start(gate, numbers)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	for range started {
		gate.Release()
	}
	var failed error
	for _, p := range started {
		failed = errors.Join(failed, p.Join())
	}
	return failed
}
