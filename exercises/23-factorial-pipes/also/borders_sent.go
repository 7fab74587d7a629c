//go:build also

// The borders go to a child through its pipe, and the product comes back through it. The
// parent multiplies what the last child sends first.
package main

import (
	"fmt"
	"os"
	"slices"
	"strconv"

	"lockstep/mp"
)

// Range is the numbers From to To.
type Range struct{ From, To int }

var multiply = mp.Func("multiply", func(parent *mp.Conn) error {
	r, err := mp.Recv[Range](parent)
	if err != nil {
		return err
	}
	product := 1.0
	for i := r.From; i <= r.To; i++ {
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
	var ends []*mp.Conn
	var started []*mp.Process
	for i := range parts {
		mine, theirs, err := mp.Pipe()
		if err != nil {
			return err
		}
		p, err := multiply.Start(theirs)
		if err != nil {
			return err
		}
		if err := theirs.Close(); err != nil {
			return err
		}
		if err := mine.Send(Range{i*n/parts + 1, (i + 1) * n / parts}); err != nil {
			return err
		}
		ends, started = append(ends, mine), append(started, p)
	}
	product := 1.0
	for _, end := range slices.Backward(ends) {
		part, err := mp.Recv[float64](end)
		if err != nil {
			return err
		}
		product *= part
	}
	for _, p := range started {
		if err := p.Join(); err != nil {
			return err
		}
	}
	fmt.Printf("%d! = %.15e\n", n, product)
	return nil
}
