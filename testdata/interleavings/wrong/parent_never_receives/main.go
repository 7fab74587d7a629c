// The child fills the pipe, and its parent only joins it.
package main

import (
	"fmt"

	"lockstep/mp"
)

var send = mp.Func("send", func(c *mp.Conn) error {
	for range 8 {
		if err := c.Send(make([]byte, 60_000)); err != nil {
			return err
		}
	}
	return nil
})

func run() error {
	_, b, err := mp.Pipe()
	if err != nil {
		return err
	}
	p, err := send.Start(b)
	if err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	fmt.Println("done")
	return nil
}

func main() { mp.Main(run) }
