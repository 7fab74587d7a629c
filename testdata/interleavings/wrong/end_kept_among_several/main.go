// The parent waits for its worker's answer and for its end, and goes on asking the pipe when
// that is at its end: it comes first whenever it is asked.
package main

import (
	"fmt"
	"io"

	"lockstep/mp"
)

var square = mp.Func2("square", func(parent *mp.Conn, n int) error { return parent.Send(n * n) })

func run() error {
	here, there, err := mp.Pipe()
	if err != nil {
		return err
	}
	p, err := square.Start(there, 3)
	if err != nil {
		return err
	}
	if err := there.Close(); err != nil {
		return err
	}
	for {
		i, err := mp.WaitAny([]mp.Waitable{here, p}...)
		if i != 0 {
			return err // it has ended
		}
		x, err := mp.Recv[int](here)
		if err == io.EOF {
			continue
		}
		if err != nil {
			return err
		}
		fmt.Println(x)
	}
}

func main() { mp.Main(run) }
