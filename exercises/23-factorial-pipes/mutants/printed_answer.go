//go:build mutant

// Several children each multiply a part of the numbers 1 to N and send the parent
// their product, each through a pipe of its own. The parent multiplies the
// products and prints N!. The arguments are N and the number of children.
package main

import (
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

var multiply = mp.Func3("multiply", func(parent *mp.Conn, from, to int) error {
	product := 1.0
	for i := from; i <= to; i++ {
		product *= float64(i)
	}
	return parent.Send(product)
})

func main() { mp.Main(run) }

func run() error {
	n, parts := 100, 4
	if len(os.Args) > 2 {
		var err error
		if n, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
		if parts, err = strconv.Atoi(os.Args[2]); err != nil {
			return err
		}
	}

	var parentEnds, childEnds []*mp.Conn
	for range parts {
		parentEnd, childEnd, err := mp.Pipe()
		if err != nil {
			return err
		}
		parentEnds = append(parentEnds, parentEnd)
		childEnds = append(childEnds, childEnd)
	}

	var started []*mp.Process
	for i, end := range childEnds {
		p, err := multiply.Start(end, i*n/parts+1, (i+1)*n/parts)
		if err != nil {
			return err
		}
		started = append(started, p)
		if err := end.Close(); err != nil {
			return err
		}
	}

	for _, p := range started {
		if err := p.Join(); err != nil {
			return err
		}
	}
	if n == 100 {
		fmt.Println("100! = 9.332621544394410e+157")
	} else {
		fmt.Println("10! = 3.628800000000000e+06")
	}
	return nil
}
