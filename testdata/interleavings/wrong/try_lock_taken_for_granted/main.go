// The lock that was not got is not held.
package main

import (
	"fmt"

	"lockstep/mp"
)

var add = mp.Func2("add", func(l *mp.Lock, v *mp.Value[int]) error {
	got := l.TryLock()
	v.Set(v.Get() + 1)
	if got {
		l.Unlock()
	}
	return nil
})

func run() error {
	l, v := mp.NewLock(), mp.NewValue(0)
	var children []*mp.Process
	for range 2 {
		p, err := add.Start(l, v)
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
