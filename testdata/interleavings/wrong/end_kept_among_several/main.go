// The parent goes on waiting for a pipe that is at its end.
package main

import (
	"fmt"
	"io"

	"lockstep/mp"
)

var square = mp.Func2("square", func(parent *mp.Conn, n int) error { return parent.Send(n * n) })

func run() error {
	var answers []*mp.Conn
	for n := 1; n <= 2; n++ {
		here, there, err := mp.Pipe()
		if err != nil {
			return err
		}
		if _, err := square.Start(there, n); err != nil {
			return err
		}
		if err := there.Close(); err != nil {
			return err
		}
		answers = append(answers, here)
	}
	sum := 0
	for left := len(answers); left > 0; {
		i, err := mp.WaitAny(answers...)
		if err != nil {
			return err
		}
		x, err := mp.Recv[int](answers[i])
		if err == io.EOF {
			continue
		}
		if err != nil {
			return err
		}
		sum += x
		left--
	}
	fmt.Println(sum)
	return nil
}

func main() { mp.Main(run) }
