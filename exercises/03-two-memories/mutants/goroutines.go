//go:build mutant

// A parent and its child each have a variable tmp. The child adds the argument to
// its own and prints it. Then the parent prints its own, and the child's.
package main

import (
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

var tmp = 1

func add(n int) error {
	tmp += n
	fmt.Printf("CHLD %d: tmp is %d\n", os.Getpid(), tmp)
	return nil
}

func main() { mp.Main(run) }

func run() error {
	n := 41
	if len(os.Args) > 1 {
		var err error
		if n, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
	}

	mine := tmp
	done := make(chan error)
	go func() { done <- add(n) }()
	if err := <-done; err != nil {
		return err
	}
	fmt.Printf("PRNT %d: mine is %d, the child's is %d\n", os.Getpid(), mine, tmp)
	return nil
}
