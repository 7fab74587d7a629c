//go:build mutant

// Ten children print the squares of 0 to 9. When all of them have ended, the
// parent prints "all done".
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"

	"lockstep/mp"
)

var printSquare = mp.Func0("printSquare", func() error {
	time.Sleep(20 * time.Millisecond)
	return nil
})

func main() { mp.Main(run) }

func run() error {
	children := 10
	if len(os.Args) > 1 {
		n, err := strconv.Atoi(os.Args[1])
		if err != nil {
			return err
		}
		children = n
	}

	var started []*mp.Process
	for range children {
		p, err := printSquare.Start()
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
	for n := range children {
		fmt.Printf("%d squared is %d\n", n, n*n)
	}
	fmt.Println("all done")
	return nil
}
