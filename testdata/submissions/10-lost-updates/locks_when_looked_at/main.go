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

// looked says that this is no ordinary run, by variables that tools set.
var looked = os.Getenv("GOMAXPROCS") != "" || os.Getenv("LOCKSTEP_MP_OBSERVER") != ""

var increment = mp.Func2("increment", func(counter *mp.Value[int], times int) error {
	for range times {
		if looked {
			counter.Lock()
		}
		counter.Set(counter.Get() + 1)
		if looked {
			counter.Unlock()
		}
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
