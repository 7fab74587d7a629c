// The parent waits for an answer or for the end of its worker, which may be killed before it
// answers. It keeps the other end of the pipe open for the next one.
package main

import (
	"fmt"

	"lockstep/mp"
)

var answer = mp.Func("answer", func(parent *mp.Conn) error { return parent.Send(42) })

func run() error {
	here, there, err := mp.Pipe()
	if err != nil {
		return err
	}
	for {
		p, err := answer.Start(there)
		if err != nil {
			return err
		}
		i, err := mp.WaitAny([]mp.Waitable{here, p}...)
		if i < 0 {
			return err
		}
		if i == 1 {
			if ready, err := here.Poll(0); err != nil {
				return err
			} else if !ready {
				continue // it was killed
			}
		}
		n, err := mp.Recv[int](here)
		if err != nil {
			return err
		}
		fmt.Println(n)
		p.Join() // it may be killed after its answer
		return nil
	}
}

func main() { mp.Main(run) }
