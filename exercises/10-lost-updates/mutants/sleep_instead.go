//go:build mutant

// Several processes each add one to a shared counter, many times. The arguments
// are the number of processes and the number of additions of each.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"

	"lockstep/mp"
)

var increment = mp.Func2("increment", func(counter *mp.Value[int], times int) error {
	for range times {
		counter.Lock()
		counter.Set(counter.Get() + 1)
		counter.Unlock()
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

	counter := mp.NewValue(0)
	for range processes {
		if _, err := increment.Start(counter, times); err != nil {
			return err
		}
	}
	time.Sleep(500 * time.Millisecond)
	fmt.Println(counter.Get())
	return nil
}
