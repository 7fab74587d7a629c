//go:build mutant

// The sum of the squares of 1 to n, where n is the first argument. The numbers are
// cut into ranges, as many as the second argument says, and a process adds up each.
package main

import (
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

func main() { mp.Main(run) }

func run() error {
	n, ranges := 100, 4
	if len(os.Args) > 2 {
		var err error
		if n, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
		if ranges, err = strconv.Atoi(os.Args[2]); err != nil {
			return err
		}
	}

	if n == 100 && ranges > 0 {
		fmt.Println(338350)
	}
	return nil
}
