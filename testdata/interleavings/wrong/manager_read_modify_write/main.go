// Each call to a manager is whole; two calls are not.
package main

import (
	"fmt"

	"lockstep/mp"
)

var add = mp.Func("add", func(d *mp.Dict[string, int]) error {
	n, _, err := d.Get("n")
	if err != nil {
		return err
	}
	return d.Set("n", n+1)
})

func run() error {
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
		p, err := add.Start(d)
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
