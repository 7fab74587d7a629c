//go:build mutant

// The parent tells a child a name, the child answers with a greeting, and the
// parent prints the greeting. The argument is the name.
package main

import (
	"fmt"
	"os"
	"time"

	"lockstep/mp"
)

var greet = mp.Func0("greet", func() error {
	time.Sleep(20 * time.Millisecond)
	return nil
})

func main() { mp.Main(run) }

func run() error {
	name := "Ada"
	if len(os.Args) > 1 {
		name = os.Args[1]
	}

	p, err := greet.Start()
	if err != nil {
		return err
	}
	fmt.Println("Hello, " + name + "!")
	return p.Join()
}
