//go:build mutant

// The parent says its name and its process id. Then each child says its own name,
// its own process id, and its parent's. The argument is the number of children.
package main

import (
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

func main() { mp.Main(run) }

func run() error {
	children := 1
	if len(os.Args) > 1 {
		var err error
		if children, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
	}

	fmt.Printf("%s has pid %d\n", mp.Current().Name(), os.Getpid())
	for i := range children {
		fmt.Printf("introduce-%d has pid %d, its parent has pid %d\n", i+1, os.Getpid()+1+i, os.Getpid())
	}
	return nil
}
