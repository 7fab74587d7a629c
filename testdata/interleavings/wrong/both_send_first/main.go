// Both ends send more than the pipe holds before they receive.
package main

import (
	"fmt"

	"lockstep/mp"
)

var work = mp.Func("work", func(c *mp.Conn) error {
	if err := c.Send(make([]byte, 1<<20)); err != nil {
		return err
	}
	_, err := mp.Recv[[]byte](c)
	return err
})

func run() error {
	near, far, err := mp.Pipe()
	if err != nil {
		return err
	}
	p, err := work.Start(far)
	if err != nil {
		return err
	}
	if err := far.Close(); err != nil {
		return err
	}
	if err := near.Send(make([]byte, 1<<20)); err != nil {
		return err
	}
	if _, err := mp.Recv[[]byte](near); err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	fmt.Println("done")
	return nil
}

func main() { mp.Main(run) }
