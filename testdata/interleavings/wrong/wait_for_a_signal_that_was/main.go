// The signal may come before the wait, which does not look first.
package main

import (
	"fmt"

	"lockstep/mp"
)

var waiter = mp.Func2("waiter", func(c *mp.Cond, v *mp.Value[int]) error {
	c.L.Lock()
	c.Wait()
	c.L.Unlock()
	return nil
})

var setter = mp.Func2("setter", func(c *mp.Cond, v *mp.Value[int]) error {
	c.L.Lock()
	v.Set(1)
	c.Signal()
	c.L.Unlock()
	return nil
})

func run() error {
	c, v := mp.NewCond(mp.NewLock()), mp.NewValue(0)
	p, err := waiter.Start(c, v)
	if err != nil {
		return err
	}
	q, err := setter.Start(c, v)
	if err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	if err := q.Join(); err != nil {
		return err
	}
	fmt.Println(v.Get())
	return nil
}

func main() { mp.Main(run) }
