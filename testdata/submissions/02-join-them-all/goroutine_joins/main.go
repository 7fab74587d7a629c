// Ten children print the squares of 0 to 9. When all of them have ended, the
// parent prints "all done".
package main

import (
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

var printSquare = mp.Func("printSquare", func(n int) error {
	fmt.Printf("%d squared is %d\n", n, n*n)
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

	joined := make(chan error)
	for n := range children {
		p, err := printSquare.Start(n)
		if err != nil {
			return err
		}
		go func() { joined <- p.Join() }()
	}
	for range children {
		if err := <-joined; err != nil {
			return err
		}
	}
	fmt.Println("all done")
	return nil
}
