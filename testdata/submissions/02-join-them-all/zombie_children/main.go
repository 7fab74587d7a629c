// Waits for the children by a message, and never joins them.
package main

import (
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

var printSquare = mp.Func2("printSquare", func(n int, done *mp.Conn) error {
	fmt.Printf("%d squared is %d\n", n, n*n)
	return done.Send(true)
})

func main() { mp.Main(run) }

func run() error {
	children, err := strconv.Atoi(os.Args[1])
	if err != nil {
		return err
	}
	here, there, err := mp.Pipe()
	if err != nil {
		return err
	}
	for n := range children {
		if _, err := printSquare.Start(n, there); err != nil {
			return err
		}
	}
	for range children {
		if _, err := mp.Recv[bool](here); err != nil {
			return err
		}
	}
	fmt.Println("all done")
	return nil
}
