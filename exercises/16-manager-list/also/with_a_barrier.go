//go:build also

// The children begin to append when all of them are there.
package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"

	"lockstep/mp"
)

var fill = mp.Func3("fill", func(items *mp.List[int], all *mp.Barrier, count int) error {
	if err := all.Wait(); err != nil {
		return err
	}
	for i := range count {
		if err := items.Append(i); err != nil {
			return err
		}
	}
	return nil
})

func main() { mp.Main(run) }

func run() (err error) {
	processes, count := 4, 5
	if len(os.Args) > 2 {
		if processes, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
		if count, err = strconv.Atoi(os.Args[2]); err != nil {
			return err
		}
	}
	manager, err := mp.NewManager()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, manager.Close()) }()
	items, err := mp.NewList[int](manager)
	if err != nil {
		return err
	}
	together := mp.NewBarrier(processes)
	var started []*mp.Process
	for range processes {
		p, err := fill.Start(items, together, count)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	var failed error
	for _, p := range started {
		failed = errors.Join(failed, p.Join())
	}
	if failed != nil {
		return failed
	}
	all, err := items.All()
	if err != nil {
		return err
	}
	fmt.Println(len(all), slices.Sorted(slices.Values(all)))
	return nil
}
