// The parent closes the manager when nobody wants it any more.
package main

import (
	"fmt"

	"lockstep/mp"
)

var note = mp.Func2("note", func(d *mp.Dict[string, int], key string) error { return d.Set(key, 1) })

func run() error {
	m, err := mp.NewManager()
	if err != nil {
		return err
	}
	d, err := mp.NewDict[string, int](m)
	if err != nil {
		return err
	}
	p, err := note.Start(d, "a")
	if err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	if err := m.Close(); err != nil {
		return err
	}
	fmt.Println("done")
	return nil
}

func main() { mp.Main(run) }
