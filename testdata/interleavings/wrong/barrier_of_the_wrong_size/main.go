// The barrier waits for three, and two come.
package main

import (
	"fmt"

	"lockstep/mp"
)

var meet = mp.Func("meet", func(b *mp.Barrier) error { return b.Wait() })

func run() error {
	b := mp.NewBarrier(3)
	var children []*mp.Process
	for range 2 {
		p, err := meet.Start(b)
		if err != nil {
			return err
		}
		children = append(children, p)
	}
	for _, p := range children {
		if err := p.Join(); err != nil {
			return err
		}
	}
	fmt.Println("done")
	return nil
}

func main() { mp.Main(run) }
