//go:build mutant

// The factorial of n, 1·2·3·…·n, where n is the first argument. The factors are cut
// into parts, as many as the second argument says, a process for each part.
package main

import (
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

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

	if n == 100 && parts > 0 {
		fmt.Println("9.332621544394e+157")
	}
	return nil
}
