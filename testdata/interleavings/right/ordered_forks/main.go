package main

import (
	"fmt"

	"lockstep/mp"
)

var dine = mp.Func2("dine", func(left, right *mp.Lock) error {
	left.Lock()
	right.Lock()
	right.Unlock()
	left.Unlock()
	return nil
})

func run() error {
	forks := []*mp.Lock{mp.NewLock(), mp.NewLock(), mp.NewLock()}
	var all []*mp.Process
	for i := range forks {
		p, err := dine.Start(forks[min(i, (i+1)%3)], forks[max(i, (i+1)%3)])
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
	fmt.Println("done")
	return nil
}

func main() { mp.Main(run) }
