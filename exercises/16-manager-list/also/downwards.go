//go:build also

// The children append from the highest number down, with helper functions around the
// manager.
package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"

	"lockstep/mp"
)

var fill = mp.Func2("fill", func(items *mp.List[int], count int) error {
	for i := count - 1; i >= 0; i-- {
		if err := items.Append(i); err != nil {
			return err
		}
	}
	return nil
})

// withList makes a list in a manager of its own, and ends the manager after use.
func withList(use func(*mp.List[int]) error) error {
	manager, err := mp.NewManager()
	if err != nil {
		return err
	}
	items, err := mp.NewList[int](manager)
	if err == nil {
		err = use(items)
	}
	return errors.Join(err, manager.Close())
}

// together starts n children and joins them.
func together(n int, start func() (*mp.Process, error)) error {
	if n == 0 {
		return nil
	}
	p, err := start()
	if err != nil {
		return err
	}
	return errors.Join(together(n-1, start), p.Join())
}

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
	return withList(func(items *mp.List[int]) error {
		if err := together(processes, func() (*mp.Process, error) { return fill.Start(items, count) }); err != nil {
			return err
		}
		all, err := items.All()
		if err != nil {
			return err
		}
		slices.Sort(all)
		fmt.Println(len(all), all)
		return nil
	})
}
