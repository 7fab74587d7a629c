//go:build mutant

// Several processes each write the squares of 0, 1, 2, … into one dict, under the
// same keys. At the end the parent prints the dict. The arguments are the number
// of processes and the number of keys.
package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"lockstep/mp"
)

var square = mp.Func("square", func(signs *mp.Value[int]) error {
	time.Sleep(20 * time.Millisecond)
	signs.Lock()
	signs.Set(signs.Get() + 1)
	signs.Unlock()
	return nil
})

func main() { mp.Main(run) }

func run() (err error) {
	signs = mp.NewValue(0)
	processes, keys := 4, 5
	if len(os.Args) > 2 {
		if processes, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
		if keys, err = strconv.Atoi(os.Args[2]); err != nil {
			return err
		}
	}

	manager, err := mp.NewManager()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, manager.Close()) }()
	squares, err := mp.NewDict[int, int](manager)
	if err != nil {
		return err
	}

	var started []*mp.Process
	for range processes {
		p, err := square.Start(signs)
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

	for k := range keys {
		if err := squares.Set(k, k*k); err != nil {
			return err
		}
	}
	all, err := squares.All()
	if err != nil {
		return err
	}
	var pairs []string
	for _, k := range slices.Sorted(maps.Keys(all)) {
		pairs = append(pairs, fmt.Sprintf("%d:%d", k, all[k]))
	}
	fmt.Println("{" + strings.Join(pairs, " ") + "}")
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
