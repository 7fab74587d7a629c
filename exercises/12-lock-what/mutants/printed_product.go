//go:build mutant

// Several processes pay money into one account, at the same time: the first pays 1
// each time, the second 2, and so on. Then the parent prints the balance. The
// arguments are the number of processes and how often each of them pays.
package main

import (
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

func main() { mp.Main(run) }

func run() error {
	processes, times := 3, 1
	if len(os.Args) > 2 {
		var err error
		if processes, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
		if times, err = strconv.Atoi(os.Args[2]); err != nil {
			return err
		}
	}

	fmt.Println("balance:", times*processes*(processes+1)/2)
	return nil
}
