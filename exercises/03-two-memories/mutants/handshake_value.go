//go:build mutant

// A parent and its child each have a variable tmp. The child adds the argument to
// its own and prints it. Then the parent prints its own, and the child's.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"lockstep/mp"
)

var tmp = 1

var addToTmp = mp.Func("addToTmp", func(signs *mp.Value[int]) error {
	time.Sleep(20 * time.Millisecond)
	signs.Lock()
	signs.Set(signs.Get() + 1)
	signs.Unlock()
	return nil
})

func main() { mp.Main(run) }

func run() error {
	signs = mp.NewValue(0)
	n := 41
	if len(os.Args) > 1 {
		var err error
		if n, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
	}

	p, err := addToTmp.Start(signs)
	if err != nil {
		return err
	}
	if err := await(p); err != nil {
		return err
	}
	fmt.Printf("CHLD %d: tmp is %d\n", p.PID(), tmp+n)
	fmt.Printf("PRNT %d: mine is %d, the child's is %d\n", os.Getpid(), tmp, tmp+n)
	return nil
}

var (
	signs  *mp.Value[int]
	joined int
)

// await wants a sign of a child beside its end.
func await(p *mp.Process) error {
	if err := p.Join(); err != nil {
		return err
	}
	if joined++; signs.Get() < joined {
		return errors.New("nobody was there")
	}
	return nil
}
