//go:build also

// A struct keeps what belongs to a child: its process and the parent's end of its pipe.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

var multiply = mp.Func3("multiply", func(from, to int, parent *mp.Conn) error {
	product := 1.0
	for ; from <= to; from++ {
		product *= float64(from)
	}
	return parent.Send(product)
})

type child struct {
	*mp.Process
	pipe *mp.Conn
}

func newChild(from, to int) (child, error) {
	here, there, err := mp.Pipe()
	if err != nil {
		return child{}, err
	}
	p, err := multiply.Start(from, to, there)
	return child{p, here}, errors.Join(err, there.Close())
}

func (c child) product() (x float64, err error) {
	err = c.pipe.Recv(&x)
	return x, errors.Join(err, c.pipe.Close(), c.Join())
}

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
	children := make([]child, parts)
	for i := range children {
		var err error
		if children[i], err = newChild(i*n/parts+1, (i+1)*n/parts); err != nil {
			return err
		}
	}
	factorial := 1.0
	for _, c := range children {
		x, err := c.product()
		if err != nil {
			return err
		}
		factorial *= x
	}
	fmt.Printf("%d! = %.15e\n", n, factorial)
	return nil
}
