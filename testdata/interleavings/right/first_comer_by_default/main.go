// Whoever comes first is the one, and all are told who it is.
package main

import (
	"fmt"

	"lockstep/mp"
)

var come = mp.Func2("come", func(d *mp.Dict[string, int], me int) error {
	first, _, err := d.SetDefault("first", me)
	if err != nil {
		return err
	}
	again, _, err := d.SetDefault("first", me)
	if err != nil {
		return err
	}
	if first != again {
		return fmt.Errorf("it was %d, and is %d", first, again)
	}
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
	var all []*mp.Process
	for i := range 2 {
		p, err := come.Start(d, i)
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
	_, ok, err := d.Pop("first")
	if err != nil {
		return err
	}
	fmt.Println(ok)
	return m.Close()
}

func main() { mp.Main(run) }
