// Several processes each add one to a shared counter, many times. The arguments
// are the number of processes and the number of additions of each.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

var increment = mp.Func2("increment", func(counter *mp.Value[int], times int) error {
	for range times {
		counter.Set(counter.Get() + 1)
	}
	return nil
})

var greet = mp.Func("greet", func(int) error { return nil })

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

	// A few at a time, and very many of them, where the work is little.
	for i := 0; i < 80 && times == 1; i++ {
		p, err := greet.Start(i)
		if err != nil {
			return err
		}
		if err := p.Join(); err != nil {
			return err
		}
	}
	counter := mp.NewValue(0)
	var started []*mp.Process
	for range processes {
		p, err := increment.Start(counter, times)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	var failed error
	for _, p := range started {
		failed = errors.Join(failed, p.Join())
	}
	if failed != nil {
		return failed
	}
	fmt.Println(counter.Get())
	return nil
}
