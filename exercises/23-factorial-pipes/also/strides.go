//go:build also

// Child i multiplies i, i+parts, i+2·parts, …: no borders have to meet.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

var multiply = mp.Func4("multiply", func(out *mp.Conn, first, step, last int) error {
	defer out.Close()
	product := 1.0
	for i := first; i <= last; i += step {
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
	ins := make([]*mp.Conn, parts)
	outs := make([]*mp.Conn, parts)
	for i := range parts {
		var err error
		if ins[i], outs[i], err = mp.Pipe(); err != nil {
			return err
		}
	}
	var started []*mp.Process
	for i, out := range outs {
		p, err := multiply.Start(out, i+1, parts, n)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	product, failed := 1.0, error(nil)
	for i, in := range ins {
		outs[i].Close()
		part, err := mp.Recv[float64](in)
		failed = errors.Join(failed, err)
		product *= part
	}
	for _, p := range started {
		failed = errors.Join(failed, p.Join())
	}
	if failed == nil {
		fmt.Printf("%d! = %.15e\n", n, product)
	}
	return failed
}
