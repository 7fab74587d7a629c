//go:build also

// Ten children print the squares of 0 to 9. All of them are joined, also when some fail,
// and all that failed is told.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

var printSquare = mp.Func("printSquare", func(n int) error {
	_, err := fmt.Printf("%d squared is %d\n", n, n*n)
	return err
})

func main() { mp.Main(run) }

func run() error {
	children := 10
	if len(os.Args) > 1 {
		var err error
		if children, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
	}
	started, err := startAll(children)
	if err := errors.Join(err, joinAll(started)); err != nil {
		return err
	}
	fmt.Println("all done")
	return nil
}

func startAll(n int) ([]*mp.Process, error) {
	started := make([]*mp.Process, 0, n)
	for i := range n {
		p, err := printSquare.Start(i)
		if err != nil {
			return started, err
		}
		started = append(started, p)
	}
	return started, nil
}

func joinAll(started []*mp.Process) (failed error) {
	for _, p := range started {
		failed = errors.Join(failed, p.Join())
	}
	return failed
}
