// The sender takes longer than the receiver is ready to wait.
package main

import (
	"fmt"
	"time"

	"lockstep/mp"
)

var work = mp.Func("work", func(c *mp.Conn) error {
	mp.Sleep(time.Second)
	return c.Send(1)
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
	there, err := near.Poll(100 * time.Millisecond)
	if err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	fmt.Println(there)
	return nil
}

func main() { mp.Main(run) }
