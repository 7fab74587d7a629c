// The message is larger than the pipe holds, and its receiver waits for the sender to end.
package main

import (
	"fmt"

	"lockstep/mp"
)

var send = mp.Func("send", func(c *mp.Conn) error { return c.Send(make([]byte, 1<<20)) })

func run() error {
	a, b, err := mp.Pipe()
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
	x, err := mp.Recv[[]byte](a)
	if err != nil {
		return err
	}
	fmt.Println(len(x))
	return nil
}

func main() { mp.Main(run) }
