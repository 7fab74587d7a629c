// A transfer locks its own account first, and the other's second.
package main

import (
	"fmt"

	"lockstep/mp"
)

type account struct {
	Lock  *mp.Lock
	Money *mp.Value[int]
}

var move = mp.Func3("move", func(from, to account, n int) error {
	from.Lock.Lock()
	defer from.Lock.Unlock()
	to.Lock.Lock()
	defer to.Lock.Unlock()
	from.Money.Set(from.Money.Get() - n)
	to.Money.Set(to.Money.Get() + n)
	return nil
})

func run() error {
	ada := account{mp.NewLock(), mp.NewValue(0)}
	bob := account{mp.NewLock(), mp.NewValue(0)}
	p, err := move.Start(ada, bob, 5)
	if err != nil {
		return err
	}
	q, err := move.Start(bob, ada, 5)
	if err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	if err := q.Join(); err != nil {
		return err
	}
	fmt.Println(ada.Money.Get(), bob.Money.Get())
	return nil
}

func main() { mp.Main(run) }
