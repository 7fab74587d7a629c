// The parent says its name and its process id. Then each child says its own name,
// its own process id, and its parent's. The argument is the number of children.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

var introduce = mp.Func2("introduce", func(name string, pid int) error {
	fmt.Printf("%s has pid %d, its parent has pid %d\n", name, pid, os.Getppid())
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

	name, pid := mp.Current().Name(), os.Getpid()
	fmt.Printf("%s has pid %d\n", name, pid)
	var started []*mp.Process
	for range children {
		p, err := introduce.Start(name, pid)
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
