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

	"lockstep/mp"
)

var square = mp.Func3("square", func(squares *mp.Dict[int, int], keys int, signs *mp.Value[int]) error {
	signs.Lock()
	signs.Set(signs.Get() + 1)
	signs.Unlock()
	for k := range keys {
		if err := squares.Set(k, k*k); err != nil {
			return err
		}
	}
	return nil
})

func main() { mp.Main(run) }

func run() (err error) {
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
	signs := mp.NewValue(0)
	for i := range processes {
		own := 0
		if i == processes-1 {
			own = keys
		}
		p, err := square.Start(squares, own, signs)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	for _, p := range started {
		if err := p.Join(); err != nil {
			return err
		}
	}
	if signs.Get() < processes {
		return errors.New("somebody was not there")
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
