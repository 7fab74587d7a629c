// The parent says that no answer came, but it never waits as long as the answer takes.
package main

import (
	"errors"
	"fmt"
	"time"

	"lockstep/mp"
)

var count = mp.Func("count", func(c *mp.Conn) error {
	n := 0
	for i := range 50_000_000 {
		n += i & 1
	}
	return c.Send(n)
})

func run() error {
	near, far, err := mp.Pipe()
	if err != nil {
		return err
	}
	p, err := count.Start(far)
	if err != nil {
		return err
	}
	if err := far.Close(); err != nil {
		return err
	}
	there, err := near.Poll(5 * time.Millisecond)
	if err != nil {
		return err
	}
	if !there {
		return errors.New("no answer")
	}
	n, err := mp.Recv[int](near)
	if err != nil {
		return err
	}
	fmt.Println(n)
	return p.Join()
}

func main() { mp.Main(run) }
