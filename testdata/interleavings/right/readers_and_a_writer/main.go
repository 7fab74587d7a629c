package main

import (
	"fmt"

	"lockstep/mp"
)

var write = mp.Func3("write", func(l *mp.RWLock, a, b *mp.Value[int]) error {
	l.Lock()
	defer l.Unlock()
	a.Set(a.Get() + 1)
	b.Set(b.Get() + 1)
	return nil
})

var read = mp.Func3("read", func(l *mp.RWLock, a, b *mp.Value[int]) error {
	l.RLock()
	x, y := a.Get(), b.Get()
	l.RUnlock()
	fmt.Println(x - y)
	return nil
})

func run() error {
	l, a, b := mp.NewRWLock(), mp.NewValue(0), mp.NewValue(0)
	w, err := write.Start(l, a, b)
	if err != nil {
		return err
	}
	all := []*mp.Process{w}
	for range 2 {
		p, err := read.Start(l, a, b)
		if err != nil {
			return err
		}
		all = append(all, p)
	}
	for _, p := range all {
		if err := p.Join(); err != nil {
			return err
		}
	}
	fmt.Println("done")
	return nil
}

func main() { mp.Main(run) }
