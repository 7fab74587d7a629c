//go:build also

// Each child multiplies every parts-th number, and then the product under a lock of its own
// beside it.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

// Product is a number that several processes multiply.
type Product struct {
	X    *mp.Value[float64]
	Lock *mp.Lock
}

func (p Product) multiply(by float64) {
	p.Lock.Lock()
	defer p.Lock.Unlock()
	p.X.Set(by * p.X.Get())
}

var factors = mp.Func4("factors", func(first, step, last int, product Product) error {
	own := 1.0
	for i := first; i <= last; i += step {
		own *= float64(i)
	}
	product.multiply(own)
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
	product := Product{mp.NewValue(1.0), mp.NewLock()}
	started := make([]*mp.Process, parts)
	for i := range started {
		var err error
		if started[i], err = factors.Start(i+1, parts, n, product); err != nil {
			return err
		}
	}
	var failed error
	for _, p := range started {
		failed = errors.Join(failed, p.Join())
	}
	if failed != nil {
		return failed
	}
	fmt.Printf("%.12e\n", product.X.Get())
	return nil
}
