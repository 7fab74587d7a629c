// A poll whose time may be over is only asked again.
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
	for {
		there, err := near.Poll(10 * time.Millisecond)
		if err != nil {
			return err
		}
		if there {
			break
		}
	}
	n, err := mp.Recv[int](near)
	if err != nil {
		return err
	}
	fmt.Println(n)
	return p.Join()
}

func main() { mp.Main(run) }
