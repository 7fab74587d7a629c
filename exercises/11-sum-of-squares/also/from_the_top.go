//go:build also

// The ranges are cut from the top, their sums come back through a pipe each.
package main

import (
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

var sumOfSquares = mp.Func3("sumOfSquares", func(first, last int, parent *mp.Conn) error {
	sum := 0
	for i := last; i >= first; i-- {
		sum += i * i
	}
	return parent.Send(sum)
})

// part is a range that a process adds up.
type part struct {
	process *mp.Process
	sum     *mp.Conn
}

func start(first, last int) (part, error) {
	mine, theirs, err := mp.Pipe()
	if err != nil {
		return part{}, err
	}
	defer theirs.Close()
	p, err := sumOfSquares.Start(first, last, theirs)
	return part{p, mine}, err
}

func main() { mp.Main(run) }

func run() error {
	n, ranges := 100, 4
	if len(os.Args) > 2 {
		var err error
		if n, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
		if ranges, err = strconv.Atoi(os.Args[2]); err != nil {
			return err
		}
	}
	var parts []part
	for last, r := n, ranges; r > 0; r-- {
		first := last - last/r + 1
		p, err := start(first, last)
		if err != nil {
			return err
		}
		parts = append(parts, p)
		last = first - 1
	}
	total := 0
	for _, p := range parts {
		sum, err := mp.Recv[int](p.sum)
		if err != nil {
			return err
		}
		total += sum
	}
	for _, p := range parts {
		if err := p.process.Join(); err != nil {
			return err
		}
	}
	fmt.Println(total)
	return nil
}
