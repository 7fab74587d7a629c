//go:build mutant

// Several processes each add one to a shared counter, many times. The arguments
// are the number of processes and the number of additions of each.
package main

import (
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

func main() { mp.Main(run) }

func run() error {
	processes, times := 10, 1
	if len(os.Args) > 2 {
		var err error
		if processes, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
		if times, err = strconv.Atoi(os.Args[2]); err != nil {
			return err
		}
	}

	fmt.Println(processes * times)
	return nil
}
