// An element of a manager's list is read and written back.
package main

import (
	"fmt"

	"lockstep/mp"
)

var work = mp.Func("work", func(l *mp.List[int]) error {
	n, err := l.Get(0)
	if err != nil {
		return err
	}
	return l.Set(0, n+1)
})

func run() error {
	m, err := mp.NewManager()
	if err != nil {
		return err
	}
	l, err := mp.NewList[int](m)
	if err != nil {
		return err
	}
	if err := l.Append(0); err != nil {
		return err
	}
	var children []*mp.Process
	for range 2 {
		p, err := work.Start(l)
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
	all, err := l.All()
	if err != nil {
		return err
	}
	fmt.Println(all)
	return m.Close()
}

func main() { mp.Main(run) }
