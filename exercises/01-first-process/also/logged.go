//go:build also

// The child does it all: it reads the program's argument itself, and ends with log.Fatal
// where that is no number.
package main

import (
	"bufio"
	"fmt"
	"log"
	"os"
	"strconv"

	"lockstep/mp"
)

var square = mp.Func("square", func(args []string) error {
	n, err := strconv.ParseInt(args[len(args)-1], 10, 32)
	if err != nil {
		log.Fatalf("cannot square: %v", err)
	}
	w := bufio.NewWriter(os.Stdout)
	fmt.Fprintf(w, "Square: %d\n", n*n)
	return w.Flush()
})

func main() { mp.Main(run) }

func run() error {
	child, err := square.Start(append([]string{"10"}, os.Args[1:]...))
	if err != nil {
		return fmt.Errorf("cannot start: %w", err)
	}
	if err := child.Join(); err != nil {
		return fmt.Errorf("no square: %w", err)
	}
	return nil
}
