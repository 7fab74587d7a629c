// The children are given numbers and do nothing with them.
package main

import (
	"fmt"

	"lockstep/mp"
)

var ponder = mp.Func("ponder", func(n int) error {
	for range n {
		n += n % 7
	}
	return nil
})

func run() error {
	var started []*mp.Process
	for i := range 3 {
		p, err := ponder.Start(i)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	for _, p := range started {
		if err := p.Join(); err != nil {
			return err
		}
	}
	fmt.Println(6)
	return nil
}

func main() { mp.Main(run) }
