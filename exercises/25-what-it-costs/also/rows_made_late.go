//go:build also

// The parent makes the rows of a part when it starts the child, and keeps no table; a child
// leaves its sum in its own place.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

var sum = mp.Func3("sum", func(rows []int, sums *mp.Array[int], place int) error {
	s := 0
	for _, x := range rows {
		s += x
	}
	sums.Set(place, s)
	return nil
})

func rowsOf(from, to int) []int {
	rows := make([]int, 0, to-from)
	for i := from; i < to; i++ {
		rows = append(rows, i%1000)
	}
	return rows
}

func main() { mp.Main(run) }

func run() error {
	children, rows := 4, 1000
	if len(os.Args) > 2 {
		var err error
		if children, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
		if rows, err = strconv.Atoi(os.Args[2]); err != nil {
			return err
		}
	}
	sums := mp.NewArray[int](children)
	var started []*mp.Process
	for i := range children {
		p, err := sum.Start(rowsOf(i*rows/children, (i+1)*rows/children), sums, i)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	var failed error
	for _, p := range started {
		failed = errors.Join(failed, p.Join())
	}
	total := 0
	for i := range children {
		total += sums.Get(i)
	}
	if failed == nil {
		fmt.Println(total)
	}
	return failed
}
