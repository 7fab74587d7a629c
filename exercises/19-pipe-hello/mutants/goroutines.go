//go:build mutant

// The parent tells a child a name, the child answers with a greeting, and the
// parent prints the greeting. The argument is the name.
package main

import (
	"fmt"
	"os"

	"lockstep/mp"
)

var greet = mp.Func("greet", func(parent *mp.Conn) error {
	name, err := mp.Recv[string](parent)
	if err != nil {
		return err
	}
	return parent.Send("Hello, " + name + "!")
})

func main() { mp.Main(run) }

func run() error {
	name := "Ada"
	if len(os.Args) > 1 {
		name = os.Args[1]
	}

	child, parent, err := mp.Pipe()
	if err != nil {
		return err
	}
	go func() {
		if name, err := mp.Recv[string](parent); err == nil {
			parent.Send("Hello, " + name + "!")
		}
	}()

	if err := child.Send(name); err != nil {
		return err
	}
	greeting, err := mp.Recv[string](child)
	if err != nil {
		return err
	}
	fmt.Println(greeting)
	return nil
}
