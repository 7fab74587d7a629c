//go:build also

// The parent says who it is, then each child does, one after another.
package main

import (
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

var introduce = mp.Func0("introduce", func() error {
	me := mp.Current()
	fmt.Println(me.Name(), "has pid", strconv.Itoa(me.PID())+", its parent has pid", os.Getppid())
	return nil
})

func main() { mp.Main(run) }

func run() error {
	children := 1
	if len(os.Args) > 1 {
		n, err := strconv.Atoi(os.Args[1])
		if err != nil {
			return err
		}
		children = n
	}
	fmt.Println("main has pid", os.Getpid())
	for range children {
		p, err := introduce.Start()
		if err != nil {
			return err
		}
		if err := p.Join(); err != nil {
			return err
		}
	}
	return nil
}
