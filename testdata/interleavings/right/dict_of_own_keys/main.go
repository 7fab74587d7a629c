package main

import (
	"fmt"

	"lockstep/mp"
)

var set = mp.Func2("set", func(d *mp.Dict[string, int], key string) error { return d.Set(key, 1) })

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
	p, err := set.Start(d, "a")
	if err != nil {
		return err
	}
	q, err := set.Start(d, "b")
	if err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	if err := q.Join(); err != nil {
		return err
	}
	n, err := d.Len()
	if err != nil {
		return err
	}
	fmt.Println(n)
	return nil
}

func main() { mp.Main(run) }
