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
	rows := 1000
	if len(os.Args) > 2 {
		var err error
		if rows, err = strconv.Atoi(os.Args[2]); err != nil {
			return err
		}
	}

	if rows == 1000 {
		fmt.Println(499500)
	} else {
		fmt.Println(999000000)
	}
	return nil
}
