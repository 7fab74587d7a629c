//go:build also

// Each process adds under a lock that was made for it, beside the counter.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"

	"lockstep/mp"
)

func addOne(counter *mp.Value[int], l sync.Locker) {
	l.Lock()
	defer l.Unlock()
	counter.Set(counter.Get() + 1)
}

var increment = mp.Func3("increment", func(counter *mp.Value[int], lock *mp.Lock, times int) error {
	for range times {
		addOne(counter, lock)
	}
	return nil
})

func main() { mp.Main(run) }

func run() error {
	processes, times := 10, 1
	if len(os.Args) > 2 {
		var err error
		if processes, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
		if times, err = strconv.Atoi(os.Args[2]); err != nil {
			return err
		}
	}
	counter, lock := mp.NewValue(0), mp.NewLock()
	var started []*mp.Process
	var failed error
	for range processes {
		p, err := increment.Start(counter, lock, times)
		if err != nil {
			failed = err
			break
		}
		started = append(started, p)
	}
	for _, p := range started {
		failed = errors.Join(failed, p.Join())
	}
	if failed == nil {
		fmt.Println(counter.Get())
	}
	return failed
}
