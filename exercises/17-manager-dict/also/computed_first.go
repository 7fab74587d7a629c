//go:build also

// A child works out all its squares first, and then writes them.
package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"lockstep/mp"
)

type pair struct{ k, v int }

var square = mp.Func2("square", func(squares *mp.Dict[int, int], keys int) error {
	var own []pair
	for k := range keys {
		own = append(own, pair{k, k * k})
	}
	return each(own, func(p pair) error { return squares.Set(p.k, p.v) })
})

func each(pairs []pair, f func(pair) error) error {
	for _, p := range pairs {
		if err := f(p); err != nil {
			return err
		}
	}
	return nil
}

func main() { mp.Main(run) }

func run() (err error) {
	numbers := []int{4, 5}
	for i := range numbers {
		if len(os.Args) > 2 {
			if numbers[i], err = strconv.Atoi(os.Args[i+1]); err != nil {
				return err
			}
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
	started := make([]*mp.Process, numbers[0])
	for i := range started {
		if started[i], err = square.Start(squares, numbers[1]); err != nil {
			return err
		}
	}
	for _, p := range started {
		if err := p.Join(); err != nil {
			return err
		}
	}
	all, err := squares.All()
	if err != nil {
		return err
	}
	var pairs []pair
	for k, v := range all {
		pairs = append(pairs, pair{k, v})
	}
	slices.SortFunc(pairs, func(a, b pair) int { return cmp.Compare(a.k, b.k) })
	words := make([]string, len(pairs))
	for i, p := range pairs {
		words[i] = strconv.Itoa(p.k) + ":" + strconv.Itoa(p.v)
	}
	fmt.Printf("{%s}\n", strings.Join(words, " "))
	return nil
}
