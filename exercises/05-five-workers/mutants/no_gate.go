//go:build mutant

// Workers wait at a gate. When all of them are there, the parent opens it, and
// each worker says its number and its pid. The argument is how many there are.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"lockstep/mp"
)

var work = mp.Func("work", func(id int) error {
	time.Sleep(200 * time.Millisecond) // until all of them are there
	fmt.Printf("worker %d has pid %d\n", id, os.Getpid())
	return nil
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

	var started []*mp.Process
	for id := range workers {
		p, err := work.Start(id)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	var failed error
	for _, p := range started {
		failed = errors.Join(failed, p.Join())
	}
	return failed
}
