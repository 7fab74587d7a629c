//go:build mutant

// A parent makes a large table of numbers, and its children add them up, each a
// part. Every child adds its sum to a shared total, which the parent prints. The
// arguments are the number of children and the number of rows.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"

	"lockstep/mp"
)

var sum = mp.Func2("sum", func(_ []int, signs *mp.Value[int]) error {
	time.Sleep(20 * time.Millisecond)
	signs.Lock()
	signs.Set(signs.Get() + 1)
	signs.Unlock()
	return nil
})

func main() { mp.Main(run) }

func run() error {
	signs = mp.NewValue(0)
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
	var started []*mp.Process
	for i := range children {
		from, to := i*rows/children, (i+1)*rows/children
		p, err := sum.Start(table[from:to], signs)
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
	total := 0
	for _, x := range table {
		total += x
	}
	fmt.Println(total)
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
		return fmt.Errorf("nobody was there")
	}
	return nil
}
