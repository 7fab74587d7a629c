//go:build also

// The child greets whoever is named until the pipe ends; the parent names one.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"lockstep/mp"
)

var greeter = mp.Func("greeter", func(guests *mp.Conn) error {
	for {
		name, err := mp.Recv[string](guests)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = guests.Send("Hello, " + name + "!")
		}
		if err != nil {
			return err
		}
	}
})

func main() { mp.Main(run) }

func run() (err error) {
	names := os.Args[1:]
	if len(names) == 0 {
		names = []string{"Ada"}
	}
	near, far, err := mp.Pipe()
	if err != nil {
		return err
	}
	p, err := greeter.Start(far)
	if err != nil {
		return err
	}
	far.Close()
	defer func() {
		near.Close()
		err = errors.Join(err, p.Join())
	}()
	for _, name := range names {
		if err := near.Send(name); err != nil {
			return err
		}
		greeting, err := mp.Recv[string](near)
		if err != nil {
			return err
		}
		fmt.Println(greeting)
	}
	return nil
}
