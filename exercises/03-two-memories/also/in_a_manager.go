//go:build also

// A parent and its child each have a variable tmp. The child adds the argument to its
// own, and leaves it in a manager's dict.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

var tmp = 1

var addToTmp = mp.Func2("addToTmp", func(n int, known *mp.Dict[string, int]) error {
	tmp += n
	fmt.Printf("CHLD %d: tmp is %d\n", os.Getpid(), tmp)
	return known.Set("tmp", tmp)
})

func main() { mp.Main(run) }

func run() (err error) {
	n := 41
	if len(os.Args) > 1 {
		if n, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
	}
	manager, err := mp.NewManager()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, manager.Close()) }()
	known, err := mp.NewDict[string, int](manager)
	if err != nil {
		return err
	}
	p, err := addToTmp.Start(n, known)
	if err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	theirs, ok, err := known.Get("tmp")
	if err != nil {
		return err
	}
	if !ok {
		return errors.New("the child left nothing")
	}
	fmt.Printf("PRNT %d: mine is %d, the child's is %d\n", os.Getpid(), tmp, theirs)
	return nil
}
