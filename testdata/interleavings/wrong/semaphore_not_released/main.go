// The permit is kept on one way out.
package main

import (
	"fmt"

	"lockstep/mp"
)

var use = mp.Func2("use", func(s *mp.Semaphore, v *mp.Value[int]) error {
	s.Acquire()
	if v.Get() == 1 {
		return nil
	}
	v.Set(1)
	s.Acquire()
	s.Release()
	s.Release()
	return nil
})

func run() error {
	s, v := mp.NewSemaphore(1), mp.NewValue(0)
	var children []*mp.Process
	for range 2 {
		p, err := use.Start(s, v)
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
