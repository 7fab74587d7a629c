// Each worker adds one under a lock. The parent has it done again by another where one is
// lost, who may have added already.
package main

import (
	"errors"
	"fmt"

	"lockstep/mp"
)

var add = mp.Func2("add", func(sum *mp.Value[int], guard *mp.Lock) error {
	if err := guard.LockErr(); err != nil && !errors.Is(err, mp.ErrOwnerDied) {
		return err
	}
	sum.Set(sum.Get() + 1)
	guard.Unlock()
	return nil
})

func run() error {
	sum, guard := mp.NewValue(0), mp.NewLock()
	var workers []*mp.Process
	for range 2 {
		p, err := add.Start(sum, guard)
		if err != nil {
			return err
		}
		workers = append(workers, p)
	}
	for _, p := range workers {
		for p.Join() != nil {
			var err error
			if p, err = add.Start(sum, guard); err != nil {
				return err
			}
		}
	}
	fmt.Println(sum.Get())
	return nil
}

func main() { mp.Main(run) }
