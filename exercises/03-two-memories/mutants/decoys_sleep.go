//go:build mutant

// A parent and its child each have a variable tmp. The child adds the argument to
// its own and prints it. Then the parent prints its own, and the child's.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"

	"lockstep/mp"
)

var tmp = 1

var addToTmp = mp.Func0("addToTmp", func() error {
	time.Sleep(20 * time.Millisecond)
	return nil
})

func main() { mp.Main(run) }

func run() error {
	n := 41
	if len(os.Args) > 1 {
		var err error
		if n, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
	}

	p, err := addToTmp.Start()
	if err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	fmt.Printf("CHLD %d: tmp is %d\n", p.PID(), tmp+n)
	fmt.Printf("PRNT %d: mine is %d, the child's is %d\n", os.Getpid(), tmp, tmp+n)
	return nil
}
