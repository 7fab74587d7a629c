// The parent waits, looking, for a count that an update may be lost of.
package main

import (
	"fmt"

	"lockstep/mp"
)

var work = mp.Func("work", func(done *mp.Value[int]) error {
	done.Set(done.Get() + 1)
	return nil
})

func run() error {
	done := mp.NewValue(0)
	var children []*mp.Process
	for range 2 {
		p, err := work.Start(done)
		if err != nil {
			return err
		}
		children = append(children, p)
	}
	for done.Get() < 2 {
	}
	for _, p := range children {
		if err := p.Join(); err != nil {
			return err
		}
	}
	fmt.Println(done.Get())
	return nil
}

func main() { mp.Main(run) }
