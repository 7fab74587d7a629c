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

	product := 1.0
	for i := range parts {
		parentEnd, childEnd, err := mp.Pipe()
		if err != nil {
			return err
		}
		part := 1.0
		for k := i*n/parts + 1; k <= (i+1)*n/parts; k++ {
			part *= float64(k)
		}
		if err := childEnd.Send(part); err != nil {
			return err
		}
		if part, err = mp.Recv[float64](parentEnd); err != nil {
			return err
		}
		product *= part
	}
	fmt.Printf("%d! = %.15e\n", n, product)
	return nil
}
