// A permit is given back twice, so that two get in where one should.
package main

import (
	"fmt"

	"lockstep/mp"
)

var work = mp.Func2("work", func(s *mp.Semaphore, v *mp.Value[int]) error {
	s.Acquire()
	defer s.Release()
	v.Set(v.Get() + 1)
	return nil
})

func run() error {
	s, v := mp.NewSemaphore(1), mp.NewValue(0)
	s.Acquire()
	s.Release()
	s.Release()
	var children []*mp.Process
	for range 2 {
		p, err := work.Start(s, v)
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
	fmt.Println(v.Get())
	return nil
}

func main() { mp.Main(run) }
