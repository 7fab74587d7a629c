//go:build also

// One token goes round in a semaphore: who has it may add.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

// Counter is a number that several processes may add to.
type Counter struct {
	N     *mp.Value[int]
	Token *mp.Semaphore
}

// Add adds n at once.
func (c Counter) Add(n int) {
	c.Token.Acquire()
	c.N.Set(c.N.Get() + n)
	c.Token.Release()
}

var increment = mp.Func2("increment", func(c Counter, times int) error {
	for range times {
		c.Add(1)
	}
	return nil
})

func main() { mp.Main(run) }

func run() error {
	processes, times, err := 10, 1, error(nil)
	if len(os.Args) > 2 {
		if processes, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
		if times, err = strconv.Atoi(os.Args[2]); err != nil {
			return err
		}
	}
	c := Counter{mp.NewValue(0), mp.NewSemaphore(1)}
	started := make([]*mp.Process, processes)
	for i := range started {
		if started[i], err = increment.Start(c, times); err != nil {
			return err
		}
	}
	for _, p := range started {
		err = errors.Join(err, p.Join())
	}
	if err != nil {
		return err
	}
	fmt.Println(c.N.Get())
	return nil
}
