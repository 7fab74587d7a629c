package main

import (
	"fmt"

	"lockstep/mp"
)

var once = mp.Func2("once", func(l *mp.Lock, v *mp.Value[int]) error {
	if l.TryLock() {
		v.Set(1)
		l.Unlock()
	}
	return nil
})

func run() error {
	l, v := mp.NewLock(), mp.NewValue(0)
	var children []*mp.Process
	for range 2 {
		p, err := once.Start(l, v)
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
