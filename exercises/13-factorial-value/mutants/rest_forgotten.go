//go:build mutant

// The factorial of n, 1·2·3·…·n, where n is the first argument. The factors are cut
// into parts, as many as the second argument says, a process for each part.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

// factorialPart multiplies product by first, first+1, … last.
var factorialPart = mp.Func3("factorialPart", func(first, last int, product *mp.Value[float64]) error {
	part := 1.0
	for i := first; i <= last; i++ {
		part *= float64(i)
	}
	product.Lock()
	product.Set(product.Get() * part)
	product.Unlock()
	return nil
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

	product := mp.NewValue(1.0)
	var started []*mp.Process
	size := n / parts
	for i := range parts {
		p, err := factorialPart.Start(i*size+1, (i+1)*size, product)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	var failed error
	for _, p := range started {
		failed = errors.Join(failed, p.Join())
	}
	if failed != nil {
		return failed
	}
	fmt.Printf("%.12e\n", product.Get())
	return nil
}
