// Each needs two permits, and takes them one after the other.
package main

import (
	"fmt"

	"lockstep/mp"
)

var work = mp.Func("work", func(s *mp.Semaphore) error {
	s.Acquire()
	s.Acquire()
	s.Release()
	s.Release()
	return nil
})

func run() error {
	s := mp.NewSemaphore(2)
	var children []*mp.Process
	for range 2 {
		p, err := work.Start(s)
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
