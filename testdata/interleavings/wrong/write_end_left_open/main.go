// The reader waits for an end of file, and its parent holds the other end.
package main

import (
	"fmt"
	"io"

	"lockstep/mp"
)

var drain = mp.Func("drain", func(c *mp.Conn) error {
	for {
		if _, err := mp.Recv[int](c); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
})

func run() error {
	a, b, err := mp.Pipe()
	if err != nil {
		return err
	}
	p, err := drain.Start(a)
	if err != nil {
		return err
	}
	if err := b.Send(1); err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	fmt.Println("done")
	return nil
}

func main() { mp.Main(run) }
