//go:build mutant

// The parent says its name and its process id. Then each child says its own name,
// its own process id, and its parent's. The argument is the number of children.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"

	"lockstep/mp"
)

var introduce = mp.Func0("introduce", func() error {
	fmt.Printf("%s has pid %d, its parent has pid %d\n", mp.Current().Name(), os.Getpid(), os.Getppid())
	return nil
})

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
	for range children {
		if _, err := introduce.Start(); err != nil {
			return err
		}
	}
	time.Sleep(500 * time.Millisecond)
	return nil
}
