package main

import (
	"fmt"

	"lockstep/mp"
)

var add = mp.Func2("add", func(l *mp.Lock, d *mp.Dict[string, int]) error {
	l.Lock()
	defer l.Unlock()
	n, _, err := d.Get("n")
	if err != nil {
		return err
	}
	return d.Set("n", n+1)
})

func run() error {
	l := mp.NewLock()
	m, err := mp.NewManager()
	if err != nil {
		return err
	}
	defer m.Close()
	d, err := mp.NewDict[string, int](m)
	if err != nil {
		return err
	}
	var children []*mp.Process
	for range 2 {
		p, err := add.Start(l, d)
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
	n, _, err := d.Get("n")
	if err != nil {
		return err
	}
	fmt.Println(n)
	return nil
}

func main() { mp.Main(run) }
