//go:build also

// A child makes a slice of its own first, and appends its items one by one afterwards. The
// parent asks for the items by their numbers.
package main

import (
	"errors"
	"fmt"
	"os"
	"sort"
	"strconv"

	"lockstep/mp"
)

// Job is what a child has to do.
type Job struct {
	Items *mp.List[int]
	Count int
}

func (j Job) fill() error {
	own := make([]int, j.Count)
	for i := range own {
		own[i] = i
	}
	for _, x := range own {
		if err := j.Items.Append(x); err != nil {
			return fmt.Errorf("cannot append %d: %w", x, err)
		}
	}
	return nil
}

var fill = mp.Func("fill", Job.fill)

func main() { mp.Main(run) }

func run() error {
	processes, count := 4, 5
	if len(os.Args) > 2 {
		var err error
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
	return errors.Join(collect(manager, processes, count), manager.Close())
}

func collect(manager *mp.Manager, processes, count int) error {
	items, err := mp.NewList[int](manager)
	if err != nil {
		return err
	}
	started := make([]*mp.Process, processes)
	for i := range started {
		if started[i], err = fill.Start(Job{items, count}); err != nil {
			return err
		}
	}
	for _, p := range started {
		err = errors.Join(err, p.Join())
	}
	if err != nil {
		return err
	}
	n, err := items.Len()
	if err != nil {
		return err
	}
	var all []int
	for i := range n {
		x, err := items.Get(i)
		if err != nil {
			return err
		}
		all = append(all, x)
	}
	sort.Ints(all)
	fmt.Println(n, all)
	return nil
}
