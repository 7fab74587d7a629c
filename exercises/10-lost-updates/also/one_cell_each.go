//go:build also

// Nobody shares a cell: each process counts in one of its own, and the parent adds them up.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

var increment = mp.Func3("increment", func(counters *mp.Array[int], own, times int) error {
	for range times {
		counters.Set(own, counters.Get(own)+1)
	}
	return nil
})

func main() { mp.Main(run) }

func run() error {
	processes, times := 10, 1
	if len(os.Args) > 2 {
		var err error
		if processes, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
		if times, err = strconv.Atoi(os.Args[2]); err != nil {
			return err
		}
	}
	counters := mp.NewArray[int](processes)
	if err := each(processes, func(i int) (*mp.Process, error) { return increment.Start(counters, i, times) }); err != nil {
		return err
	}
	sum := 0
	for i := range processes {
		sum += counters.Get(i)
	}
	fmt.Println(sum)
	return nil
}

// each starts n children and joins those that it started.
func each(n int, start func(i int) (*mp.Process, error)) (failed error) {
	for i := range n {
		p, err := start(i)
		if err != nil {
			return err
		}
		defer func() { failed = errors.Join(failed, p.Join()) }()
	}
	return nil
}
