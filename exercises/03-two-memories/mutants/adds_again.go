//go:build mutant

// A parent and its child each have a variable tmp. The child adds the argument to
// its own and prints it. Then the parent prints its own, and the child's.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

var tmp = 1

var addToTmp = mp.Func2("addToTmp", func(n int, result *mp.Value[int]) error {
	tmp += n
	fmt.Printf("CHLD %d: tmp is %d\n", os.Getpid(), tmp)
	result.Set(tmp)
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

	result := mp.NewValue(0)
	p, err := addToTmp.Start(n, result)
	if err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	if result.Get() == 0 {
		return errors.New("nobody was there")
	}
	fmt.Printf("PRNT %d: mine is %d, the child's is %d\n", os.Getpid(), tmp, tmp+n)
	return nil
}
