//go:build mutant

// Workers wait at a gate. When all of them are there, the parent opens it, and
// each worker says its number and its pid. The argument is how many there are.
package main

import (
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

func main() { mp.Main(run) }

func run() error {
	workers := 5
	if len(os.Args) > 1 {
		var err error
		if workers, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
	}

	for id := range workers {
		fmt.Printf("worker %d has pid %d\n", id, os.Getpid()+1+id)
	}
	return nil
}
