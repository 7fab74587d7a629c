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

var multiply = mp.Func3("multiply", func(products *mp.Queue[float64], from, to int) error {
	product := 1.0
	for i := from; i <= to; i++ {
		product *= float64(i)
	}
	return products.Put(product)
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

	products, err := mp.NewQueue[float64](parts)
	if err != nil {
		return err
	}
	var started []*mp.Process
	for i := range parts {
		p, err := multiply.Start(products, i*n/parts+1, (i+1)*n/parts)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	product := 1.0
	for range parts {
		part, err := products.Get()
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
