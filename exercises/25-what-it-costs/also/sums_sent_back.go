//go:build also

// A child gets its rows as an argument and sends their sum through a pipe that all share.
package main

import (
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

// Part is the rows that a child adds up.
type Part []int

func (p Part) sum() (s int) {
	for _, x := range p {
		s += x
	}
	return s
}

var add = mp.Func2("add", func(part Part, parent *mp.Conn) error { return parent.Send(part.sum()) })

func table(rows int) []int {
	t := make([]int, rows)
	for i := range t {
		t[i] = i % 1000
	}
	return t
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
	in, out, err := mp.Pipe()
	if err != nil {
		return err
	}
	var started []*mp.Process
	for rest, left := table(rows), children; left > 0; left-- {
		n := len(rest) / left
		p, err := add.Start(rest[:n], out)
		if err != nil {
			return err
		}
		started, rest = append(started, p), rest[n:]
	}
	if err := out.Close(); err != nil {
		return err
	}
	total := 0
	for range started {
		sum, err := mp.Recv[int](in)
		if err != nil {
			return err
		}
		total += sum
	}
	for _, p := range started {
		if err := p.Join(); err != nil {
			return err
		}
	}
	fmt.Println(total)
	return nil
}
