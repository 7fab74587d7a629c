//go:build mutant

// Several processes each append the numbers 0, 1, 2, … to one list. At the end
// the parent prints how many items the list holds, and the items in order. The
// arguments are the number of processes and how many items each appends.
package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"time"

	"lockstep/mp"
)

var fill = mp.Func("fill", func(signs *mp.Value[int]) error {
	time.Sleep(20 * time.Millisecond)
	signs.Lock()
	signs.Set(signs.Get() + 1)
	signs.Unlock()
	return nil
})

func main() { mp.Main(run) }

func run() (err error) {
	signs = mp.NewValue(0)
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

	var started []*mp.Process
	for range processes {
		p, err := fill.Start(signs)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	for _, p := range started {
		if err := await(p); err != nil {
			return err
		}
	}

	for range processes {
		for i := range count {
			if err := items.Append(i); err != nil {
				return err
			}
		}
	}
	all, err := items.All()
	if err != nil {
		return err
	}
	slices.Sort(all)
	fmt.Println(len(all), all)
	return nil
}

var (
	signs  *mp.Value[int]
	joined int
)

// await wants a sign of a child beside its end.
func await(p *mp.Process) error {
	if err := p.Join(); err != nil {
		return err
	}
	if joined++; signs.Get() < joined {
		return errors.New("nobody was there")
	}
	return nil
}
