// Who fails ends with the permit.
package main

import (
	"errors"
	"fmt"

	"lockstep/mp"
)

var use = mp.Func2("use", func(n int, seats *mp.Semaphore) error {
	seats.Acquire()
	if n == 1 {
		return errors.New("nothing to do")
	}
	seats.Release()
	return nil
})

func run() error {
	seats := mp.NewSemaphore(1)
	var children []*mp.Process
	for n := range 2 {
		p, err := use.Start(n, seats)
		if err != nil {
			return err
		}
		children = append(children, p)
	}
	failed := 0
	for _, p := range children {
		if p.Join() != nil {
			failed++
		}
	}
	fmt.Println(failed, "failed")
	return nil
}

func main() { mp.Main(run) }
