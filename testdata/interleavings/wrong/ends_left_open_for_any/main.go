// The parent waits for the ends of all pipes, whose other ends it holds itself.
package main

import (
	"fmt"
	"io"
	"slices"

	"lockstep/mp"
)

var square = mp.Func2("square", func(parent *mp.Conn, n int) error { return parent.Send(n * n) })

func run() error {
	var answers, others []*mp.Conn
	for n := 1; n <= 2; n++ {
		here, there, err := mp.Pipe()
		if err != nil {
			return err
		}
		if _, err := square.Start(there, n); err != nil {
			return err
		}
		answers, others = append(answers, here), append(others, there)
	}
	sum := 0
	for len(answers) > 0 {
		i, err := mp.WaitAny(answers...)
		if err != nil {
			return err
		}
		x, err := mp.Recv[int](answers[i])
		if err == io.EOF {
			answers, others = slices.Delete(answers, i, i+1), slices.Delete(others, i, i+1)
		} else if err != nil {
			return err
		}
		sum += x
	}
	fmt.Println(sum)
	return nil
}

func main() { mp.Main(run) }
