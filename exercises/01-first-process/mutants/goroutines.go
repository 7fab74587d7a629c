//go:build mutant

// A child process prints the square of a number, which is the argument. When it
// has ended, the program ends; it fails when the child does.
package main

import (
	"fmt"
	"os"
	"strconv"

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

var printSquare = mp.Func("printSquare", square)

func main() { mp.Main(run) }

func run() error {
	text := "10"
	if len(os.Args) > 1 {
		text = os.Args[1]
	}

	done := make(chan error)
	go func() { done <- square(text) }()
	return <-done
}
