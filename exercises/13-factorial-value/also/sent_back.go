//go:build also

// Each child sends the product of its part through a pipe, and the parent multiplies them.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

var factorialPart = mp.Func3("factorialPart", func(first, last int, out *mp.Conn) error {
	product := 1.0
	for i := first; i <= last; i++ {
		product *= float64(i)
	}
	return out.Send(product)
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
	in, out, err := mp.Pipe()
	if err != nil {
		return err
	}
	defer in.Close()
	var started []*mp.Process
	for i := range parts {
		p, err := factorialPart.Start(n*i/parts+1, n*(i+1)/parts, out)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	if err := out.Close(); err != nil {
		return err
	}
	product := 1.0
	for range started {
		part, err := mp.Recv[float64](in)
		if err != nil {
			return err
		}
		product *= part
	}
	var failed error
	for _, p := range started {
		failed = errors.Join(failed, p.Join())
	}
	fmt.Printf("%.12e\n", product)
	return failed
}
