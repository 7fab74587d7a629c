// Each looks whether the prize is there, and takes for granted that it can be popped then.
package main

import (
	"fmt"

	"lockstep/mp"
)

var win = mp.Func("win", func(d *mp.Dict[string, int]) error {
	if _, ok, err := d.Get("prize"); err != nil || !ok {
		return err
	}
	x, _, err := d.Pop("prize")
	if err != nil {
		return err
	}
	fmt.Println("won", x)
	return nil
})

func run() error {
	m, err := mp.NewManager()
	if err != nil {
		return err
	}
	d, err := mp.NewDict[string, int](m)
	if err != nil {
		return err
	}
	if err := d.Set("prize", 7); err != nil {
		return err
	}
	var all []*mp.Process
	for range 2 {
		p, err := win.Start(d)
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
	return m.Close()
}

func main() { mp.Main(run) }
