//go:build mutant

// Workers take tasks from a queue: numbers to be squared. A worker may be killed at any
// moment; every square must be in the total all the same, once. The arguments are how
// many workers and tasks there are, and which task kills the worker that takes it, if any.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"lockstep/mp"
)

var work = mp.Func2("work", func(deadly bool, signs *mp.Value[int]) error {
	if deadly {
		return mp.Current().Kill()
	}
	time.Sleep(20 * time.Millisecond)
	signs.Lock()
	signs.Set(signs.Get() + 1)
	signs.Unlock()
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

	signs := mp.NewValue(0)
	var started []*mp.Process
	for i := range workers {
		p, err := work.Start(i+1 == deadly, signs)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	for _, p := range started {
		for p.Join() != nil {
			var err error
			if p, err = work.Start(false, signs); err != nil {
				return err
			}
		}
	}
	if signs.Get() < workers {
		return errors.New("nobody was there")
	}
	total := 0
	for n := 1; n <= count; n++ {
		total += n * n
	}
	fmt.Println("total", total)
	return nil
}
