// The parent shows answers as they come, as if the first to come were of the first worker that
// was started.
package main

import (
	"fmt"
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
		all, answers = append(all, p), append(answers, here)
	}
	for n := 1; n <= 2; n++ {
		i, err := mp.WaitAny(answers...)
		if err != nil {
			return err
		}
		x, err := mp.Recv[int](answers[i])
		if err != nil {
			return err
		}
		fmt.Printf("the square of %d is %d\n", n, x)
		answers = slices.Delete(answers, i, i+1)
	}
	for _, p := range all {
		if err := p.Join(); err != nil {
			return err
		}
	}
	return nil
}

func main() { mp.Main(run) }
