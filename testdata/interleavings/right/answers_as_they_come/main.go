// Each worker has a pipe of its own, and the parent takes what comes first from any of them.
package main

import (
	"fmt"
	"io"
	"slices"

	"lockstep/mp"
)

var square = mp.Func2("square", func(parent *mp.Conn, n int) error { return parent.Send(n * n) })

func run() error {
	var all []*mp.Process
	var answers []*mp.Conn
	for n := 1; n <= 2; n++ {
		here, there, err := mp.Pipe()
		if err != nil {
			return err
		}
		p, err := square.Named(fmt.Sprint("squarer ", n)).Start(there, n)
		if err != nil {
			return err
		}
		if err := there.Close(); err != nil {
			return err
		}
		all, answers = append(all, p), append(answers, here)
	}
	sum := 0
	for len(answers) > 0 {
		i, err := mp.WaitAny(answers...)
		if err != nil {
			return err
		}
		n, err := mp.Recv[int](answers[i])
		switch {
		case err == io.EOF:
			answers = slices.Delete(answers, i, i+1)
		case err != nil:
			return err
		}
		sum += n
	}
	for _, p := range all {
		if err := p.Join(); err != nil {
			return err
		}
	}
	fmt.Println(sum)
	return nil
}

func main() { mp.Main(run) }
