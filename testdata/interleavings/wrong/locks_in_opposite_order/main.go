// Two transfers take two locks, each in its own order.
package main

import (
	"fmt"

	"lockstep/mp"
)

var transfer = mp.Func2("transfer", func(from, to *mp.Lock) error {
	from.Lock()
	to.Lock()
	to.Unlock()
	from.Unlock()
	return nil
})

func run() error {
	a, b := mp.NewLock(), mp.NewLock()
	p, err := transfer.Start(a, b)
	if err != nil {
		return err
	}
	q, err := transfer.Start(b, a)
	if err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	if err := q.Join(); err != nil {
		return err
	}
	fmt.Println("done")
	return nil
}

func main() { mp.Main(run) }
