//go:build also

// The table lies in memory that all share: nobody gets a copy, each child looks at its part.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

// Table is a shared table, and the sums of its parts.
type Table struct {
	Rows *mp.Array[int16]
	Sums *mp.Array[int]
}

func newTable(rows, parts int) Table {
	t := Table{mp.NewArray[int16](rows), mp.NewArray[int](parts)}
	for i := range rows {
		t.Rows.Set(i, int16(i%1000))
	}
	return t
}

func (t Table) bounds(part int) (from, to int) {
	return part * t.Rows.Len() / t.Sums.Len(), (part + 1) * t.Rows.Len() / t.Sums.Len()
}

var sum = mp.Func2("sum", func(t Table, part int) error {
	s := 0
	for i, to := t.bounds(part); i < to; i++ {
		s += int(t.Rows.Get(i))
	}
	t.Sums.Set(part, s)
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
	t := newTable(rows, children)
	started := make([]*mp.Process, children)
	for i := range started {
		var err error
		if started[i], err = sum.Start(t, i); err != nil {
			return err
		}
	}
	var failed error
	for _, p := range started {
		failed = errors.Join(failed, p.Join())
	}
	total := 0
	for i := range t.Sums.Len() {
		total += t.Sums.Get(i)
	}
	fmt.Println(total)
	return failed
}
