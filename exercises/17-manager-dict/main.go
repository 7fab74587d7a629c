// Several processes each write the squares of 0, 1, 2, … into one dict, under the
// same keys. At the end the parent prints the dict. The arguments are the number
// of processes and the number of keys.
package main

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"lockstep/mp"
)

var square = mp.Func2("square", func(squares map[int]int, keys int) error {
	for k := range keys {
		squares[k] = k * k
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

	squares := map[int]int{}

	var started []*mp.Process
	for range processes {
		p, err := square.Start(squares, keys)
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

	var pairs []string
	for _, k := range slices.Sorted(maps.Keys(squares)) {
		pairs = append(pairs, fmt.Sprintf("%d:%d", k, squares[k]))
	}
	fmt.Println("{" + strings.Join(pairs, " ") + "}")
	return nil
}
