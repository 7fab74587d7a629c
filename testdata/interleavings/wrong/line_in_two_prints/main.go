// Each process prints its line by two calls.
package main

import (
	"fmt"

	"lockstep/mp"
)

var tell = mp.Func3("tell", func(name string, n int, l *mp.Lock) error {
	fmt.Print(name)
	fmt.Println("", n)
	return nil
})

func run() error {
	l := mp.NewLock()
	var ps []*mp.Process
	for i, name := range []string{"one", "two"} {
		p, err := tell.Start(name, i, l)
		if err != nil {
			return err
		}
		ps = append(ps, p)
	}
	for _, p := range ps {
		if err := p.Join(); err != nil {
			return err
		}
	}
	return nil
}

func main() { mp.Main(run) }
