// A child has memory of its own.
package main

import (
	"fmt"

	"lockstep/mp"
)

var global int

var change = mp.Func0("change", func() error {
	global = 1
	return nil
})

func run() error {
	p, err := change.Start()
	if err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	fmt.Println(global)
	return nil
}

func main() { mp.Main(run) }
