//go:build mutant

// Several children each multiply a part of the numbers 1 to N and send the parent
// their product, each through a pipe of its own. The parent multiplies the
// products and prints N!. The arguments are N and the number of children.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"

	"lockstep/mp"
)

var multiply = mp.Func("multiply", func(parent *mp.Conn) error {
	time.Sleep(20 * time.Millisecond)
	return parent.Close()
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

	var started []*mp.Process
	for range parts {
		_, end, err := mp.Pipe()
		if err != nil {
			return err
		}
		p, err := multiply.Start(end)
		if err != nil {
			return err
		}
		started = append(started, p)
	}

	product := 1.0
	for i := range n {
		product *= float64(i + 1)
	}
	for _, p := range started {
		if err := p.Join(); err != nil {
			return err
		}
	}
	fmt.Printf("%d! = %.15e\n", n, product)
	return nil
}
