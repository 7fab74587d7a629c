// A message holds the number that the kernel gave a process.
package main

import (
	"fmt"
	"os"

	"lockstep/mp"
)

var work = mp.Func("work", func(c *mp.Conn) error { return c.Send(os.Getpid()) })

func run() error {
	near, far, err := mp.Pipe()
	if err != nil {
		return err
	}
	p, err := work.Start(far)
	if err != nil {
		return err
	}
	n, err := mp.Recv[int](near)
	if err != nil {
		return err
	}
	fmt.Println(n == p.PID())
	return p.Join()
}

func main() { mp.Main(run) }
