//go:build also

// The children multiply exactly, with big numbers, and append their products as text to a
// manager's list. The parent multiplies these and rounds once.
package main

import (
	"errors"
	"fmt"
	"math/big"
	"os"
	"strconv"

	"lockstep/mp"
)

var factorialPart = mp.Func3("factorialPart", func(first, last int64, products *mp.List[string]) error {
	return products.Append(new(big.Int).MulRange(first, last).String())
})

func main() { mp.Main(run) }

func run() (err error) {
	n, parts := int64(100), int64(4)
	if len(os.Args) > 2 {
		if n, err = strconv.ParseInt(os.Args[1], 10, 64); err != nil {
			return err
		}
		if parts, err = strconv.ParseInt(os.Args[2], 10, 64); err != nil {
			return err
		}
	}
	manager, err := mp.NewManager()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, manager.Close()) }()
	products, err := mp.NewList[string](manager)
	if err != nil {
		return err
	}
	var started []*mp.Process
	for i := range parts {
		p, err := factorialPart.Start(n*i/parts+1, n*(i+1)/parts, products)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	for _, p := range started {
		if err := p.Join(); err != nil {
			return err
		}
	}
	all, err := products.All()
	if err != nil {
		return err
	}
	product := big.NewInt(1)
	for _, text := range all {
		part, ok := new(big.Int).SetString(text, 10)
		if !ok {
			return fmt.Errorf("%q is no number", text)
		}
		product.Mul(product, part)
	}
	rounded, _ := new(big.Float).SetInt(product).Float64()
	fmt.Printf("%.12e\n", rounded)
	return nil
}
