//go:build also

// Whichever child has its product ready is received from.
package main

import (
	"fmt"
	"os"
	"slices"
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

	product := 1.0
	for len(parentEnds) > 0 {
		i, err := mp.WaitAny(parentEnds...)
		if err != nil {
			return err
		}
		part, err := mp.Recv[float64](parentEnds[i])
		if err != nil {
			return err
		}
		product *= part
		parentEnds = slices.Delete(parentEnds, i, i+1)
	}
	for _, p := range started {
		if err := p.Join(); err != nil {
			return err
		}
	}
	fmt.Printf("%d! = %.15e\n", n, product)
	return nil
}
