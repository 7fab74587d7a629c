//go:build mutant

// The parent says its name and its process id. Then each child says its own name,
// its own process id, and its parent's. The argument is the number of children.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"lockstep/mp"
)

var introduce = mp.Func0("introduce", func() error {
	time.Sleep(20 * time.Millisecond)
	return nil
})

func main() { mp.Main(run) }

func run() error {
	children := 1
	if len(os.Args) > 1 {
		var err error
		if children, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
	}

	fmt.Printf("%s has pid %d\n", mp.Current().Name(), os.Getpid())
	var started []*mp.Process
	for range children {
		p, err := introduce.Start()
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	var failed error
	for _, p := range started {
		failed = errors.Join(failed, p.Join())
		fmt.Printf("%s has pid %d, its parent has pid %d\n", p.Name(), p.PID(), os.Getpid())
	}
	return failed
}
