//go:build also

// The parent waits for all workers first, and then looks at how each has ended. An empty line
// sets apart what it says.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

var add = mp.Func4("add", func(total *mp.Value[int], lock *mp.Lock, n int, killed bool) error {
	switch err := lock.LockErr(); {
	case errors.Is(err, mp.ErrOwnerDied): // it had not begun to add
	case err != nil:
		return err
	}
	if killed {
		if err := mp.Current().Kill(); err != nil {
			return err
		}
	}
	total.Set(total.Get() + n*n)
	lock.Unlock()
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
	crew := map[int]*mp.Process{}
	for n := 1; n <= workers; n++ {
		p, err := add.Start(total, lock, n, n == unlucky)
		if err != nil {
			return err
		}
		crew[n] = p
	}
	var lost []int
	for n := 1; n <= workers; n++ {
		var exit *mp.ExitError
		if err := crew[n].Join(); errors.As(err, &exit) {
			lost = append(lost, n)
		} else if err != nil {
			return err
		}
	}
	for _, n := range lost {
		fmt.Printf("\nworker %d is lost; its work is done again \n", n)
		p, err := add.Start(total, lock, n, false)
		if err != nil {
			return err
		}
		if err := p.Join(); err != nil {
			return err
		}
	}
	_, err := fmt.Println("total", total.Get())
	return err
}
