//go:build also

// Workers wait for an event, which the parent sets when it has started all of them.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

var work = mp.Func2("work", func(id int, open *mp.Event) error {
	open.Wait()
	_, err := fmt.Printf("worker %d has pid %d\n", id, os.Getpid())
	return err
})

func main() { mp.Main(run) }

func run() error {
	workers := 5
	if len(os.Args) > 1 {
		var err error
		if workers, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
	}
	open := mp.NewEvent()
	started := make([]*mp.Process, workers)
	for id := range started {
		var err error
		if started[id], err = work.Start(id, open); err != nil {
			return err
		}
	}
	open.Set()
	var failed error
	for _, p := range started {
		failed = errors.Join(failed, p.Join())
	}
	return failed
}
