//go:build mutant

// The factorial of n, 1·2·3·…·n, where n is the first argument. The factors are cut
// into parts, as many as the second argument says, a process for each part.
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

	products := make(chan float64)
	for i := range parts {
		go func() {
			part := 1.0
			for k := n*i/parts + 1; k <= n*(i+1)/parts; k++ {
				part *= float64(k)
			}
			products <- part
		}()
	}
	product := 1.0
	for range parts {
		product *= <-products
	}
	fmt.Printf("%.12e\n", product)
	return nil
}
