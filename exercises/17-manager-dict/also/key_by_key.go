//go:build also

// The parent asks the manager for the keys, sorts them and gets one value after another.
package main

import (
	"errors"
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"

	"lockstep/mp"
)

var square = mp.Func2("square", func(squares *mp.Dict[int, int], keys int) error {
	for k := range keys {
		if err := squares.Set(k, k*k); err != nil {
			return err
		}
	}
	return nil
})

func show(squares *mp.Dict[int, int]) (string, error) {
	keys, err := squares.Keys()
	if err != nil {
		return "", err
	}
	sort.Ints(keys)
	var b strings.Builder
	for i, k := range keys {
		if i > 0 {
			b.WriteByte(' ')
		}
		v, _, err := squares.Get(k)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "%d:%d", k, v)
	}
	return "{" + b.String() + "}", nil
}

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
	for range processes {
		p, err := square.Start(squares, keys)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	for _, p := range started {
		err = errors.Join(err, p.Join())
	}
	if err != nil {
		return err
	}
	text, err := show(squares)
	if err != nil {
		return err
	}
	fmt.Println(text)
	return nil
}
