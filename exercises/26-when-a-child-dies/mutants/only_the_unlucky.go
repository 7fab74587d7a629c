//go:build mutant

// Workers add the squares of 1, 2, 3, … to a shared total, each one square. One of
// them is killed while it holds the lock; the total must be right all the same.
// The arguments are the number of workers and the number of the one to be killed,
// 0 for none.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

var add = mp.Func4("add", func(total *mp.Value[int], lock *mp.Lock, n int, killed bool) error {
	// From a dead owner the lock is ours as well. It changed the total wholly or not
	// at all, so that there is nothing to repair.
	if err := lock.LockErr(); err != nil && !errors.Is(err, mp.ErrOwnerDied) {
		return err
	}
	defer lock.Unlock()
	if killed {
		return mp.Current().Kill()
	}
	total.Set(total.Get() + n*n)
	return nil
})

func main() { mp.Main(run) }

func run() error {
	workers, unlucky := 4, 2
	if len(os.Args) > 2 {
		var err error
		if workers, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
		if unlucky, err = strconv.Atoi(os.Args[2]); err != nil {
			return err
		}
	}

	total, lock := mp.NewValue(0), mp.NewLock()
	var started []*mp.Process
	for n := 1; n <= workers; n++ {
		p, err := add.Start(total, lock, n, n == unlucky)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	for i, p := range started {
		n := i + 1
		err := p.Join()
		if err == nil {
			continue
		}
		if n != unlucky {
			return err
		}
		fmt.Println("worker", n, "is lost; its work is done again")
		p, err = add.Start(total, lock, n, false)
		if err != nil {
			return err
		}
		if err := p.Join(); err != nil {
			return err
		}
	}
	fmt.Println("total", total.Get())
	return nil
}
