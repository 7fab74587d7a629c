// A message holds the time.
package main

import (
	"fmt"
	"time"

	"lockstep/mp"
)

var work = mp.Func("work", func(c *mp.Conn) error { return c.Send(time.Now().UnixNano()) })

func run() error {
	near, far, err := mp.Pipe()
	if err != nil {
		return err
	}
	p, err := work.Start(far)
	if err != nil {
		return err
	}
	t, err := mp.Recv[int64](near)
	if err != nil {
		return err
	}
	fmt.Println(t > 0)
	return p.Join()
}

func main() { mp.Main(run) }
