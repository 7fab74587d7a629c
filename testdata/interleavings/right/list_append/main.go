package main

import (
	"fmt"
	"slices"

	"lockstep/mp"
)

var add = mp.Func2("add", func(l *mp.List[int], x int) error { return l.Append(x) })

func run() error {
	m, err := mp.NewManager()
	if err != nil {
		return err
	}
	defer m.Close()
	l, err := mp.NewList[int](m)
	if err != nil {
		return err
	}
	p, err := add.Start(l, 1)
	if err != nil {
		return err
	}
	q, err := add.Start(l, 2)
	if err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	if err := q.Join(); err != nil {
		return err
	}
	all, err := l.All()
	if err != nil {
		return err
	}
	slices.Sort(all)
	fmt.Println(all)
	return nil
}

func main() { mp.Main(run) }
