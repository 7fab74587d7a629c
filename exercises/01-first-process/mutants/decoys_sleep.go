//go:build mutant

// A child process prints the square of a number, which is the argument. When it
// has ended, the program ends; it fails when the child does.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"

	"lockstep/mp"
)

func square(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil {
		return err
	}
	fmt.Println("Square:", n*n)
	return nil
}

var printSquare = mp.Func0("printSquare", func() error {
	time.Sleep(20 * time.Millisecond)
	return nil
})

func main() { mp.Main(run) }

func run() error {
	text := "10"
	if len(os.Args) > 1 {
		text = os.Args[1]
	}

	p, err := printSquare.Start()
	if err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	return square(text)
}
