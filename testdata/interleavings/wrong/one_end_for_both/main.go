// Parent and child use the same end of the pipe.
package main

import (
	"fmt"

	"lockstep/mp"
)

var greet = mp.Func("greet", func(c *mp.Conn) error {
	name, err := mp.Recv[string](c)
	if err != nil {
		return err
	}
	return c.Send("good day, " + name)
})

func run() error {
	near, far, err := mp.Pipe()
	if err != nil {
		return err
	}
	p, err := greet.Start(near)
	if err != nil {
		return err
	}
	if err := near.Send("Ada"); err != nil {
		return err
	}
	text, err := mp.Recv[string](near)
	if err != nil {
		return err
	}
	fmt.Println(text)
	if err := far.Close(); err != nil {
		return err
	}
	return p.Join()
}

func main() { mp.Main(run) }
