//go:build mutant

// A parent makes a large table of numbers, and its children add them up, each a
// part. Every child adds its sum to a shared total, which the parent prints. The
// arguments are the number of children and the number of rows.
package main

import (
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

var sum = mp.Func2("sum", func(part []int, total *mp.Value[int]) error {
	s := 0
	for _, x := range part {
		s += x
	}
	total.Lock()
	total.Set(total.Get() + s)
	total.Unlock()
	return nil
})

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

	table := make([]int, rows)
	for i := range table {
		table[i] = i % 1000
	}
	total := mp.NewValue(0)
	done := make(chan bool)
	for i := range children {
		from, to := i*rows/children, (i+1)*rows/children
		go func() {
			s := 0
			for _, x := range table[from:to] {
				s += x
			}
			total.Lock()
			total.Set(total.Get() + s)
			total.Unlock()
			done <- true
		}()
	}
	for range children {
		<-done
	}
	fmt.Println(total.Get())
	return nil
}
