//go:build also

// Each worker has a pipe of its own, through which it gets one task after the other and
// sends one square after the other. What a worker has in its hands when its pipe ends is
// put back among what is to be done, and another worker takes its place.
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

var work = mp.Func("work", func(c *mp.Conn) error {
	for {
		t, err := mp.Recv[Task](c)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if t.Deadly {
			return mp.Current().Kill()
		}
		if err := c.Send(t.N * t.N); err != nil {
			return err
		}
	}
})

type worker struct {
	process *mp.Process
	pipe    *mp.Conn
}

func start() (w worker, err error) {
	ours, theirs, err := mp.Pipe()
	if err != nil {
		return w, err
	}
	p, err := work.Start(theirs)
	return worker{p, ours}, errors.Join(err, theirs.Close())
}

// end waits for a worker's end. How it ends is all the same: its squares are here.
func (w worker) end() {
	w.pipe.Close()
	w.process.Join()
}

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
	crew := make([]worker, workers)
	for i := range crew {
		var err error
		if crew[i], err = start(); err != nil {
			return err
		}
	}
	total := 0
	for len(todo) > 0 {
		round := todo[:min(workers, len(todo))]
		todo = todo[len(round):]
		for i, t := range round {
			crew[i].pipe.Send(t) // to a dead worker in vain: then nothing comes back
		}
		for i, t := range round {
			square, err := mp.Recv[int](crew[i].pipe)
			if err == nil {
				total += square
				continue
			}
			todo = append(todo, Task{N: t.N})
			crew[i].end()
			if crew[i], err = start(); err != nil {
				return err
			}
		}
	}
	for _, w := range crew {
		w.end()
	}
	fmt.Println("total", total)
	return nil
}
