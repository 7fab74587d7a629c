//go:build also

// The name lies in the pipe before the child is there.
package main

import (
	"fmt"
	"os"
	"strings"

	"lockstep/mp"
)

var greet = mp.Func("greet", func(parent *mp.Conn) error {
	var name string
	if err := parent.Recv(&name); err != nil {
		return err
	}
	return parent.Send(fmt.Sprintf("Hello, %s!", name))
})

func main() { mp.Main(run) }

func run() error {
	name := strings.Join(append([]string{"Ada"}, os.Args[1:]...)[min(1, len(os.Args)-1):], " ")
	child, parent, err := mp.Pipe()
	if err != nil {
		return err
	}
	defer child.Close()
	if err := child.Send(name); err != nil {
		return err
	}
	p, err := greet.Start(parent)
	if err != nil {
		return err
	}
	if err := parent.Close(); err != nil {
		return err
	}
	var greeting string
	if err := child.Recv(&greeting); err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	_, err = fmt.Println(greeting)
	return err
}
