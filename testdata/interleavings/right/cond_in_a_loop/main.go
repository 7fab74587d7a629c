package main

import (
	"fmt"

	"lockstep/mp"
)

var take = mp.Func2("take", func(c *mp.Cond, v *mp.Value[int]) error {
	c.L.Lock()
	defer c.L.Unlock()
	for v.Get() == 0 {
		c.Wait()
	}
	v.Set(v.Get() - 1)
	return nil
})

var give = mp.Func2("give", func(c *mp.Cond, v *mp.Value[int]) error {
	c.L.Lock()
	defer c.L.Unlock()
	v.Set(v.Get() + 2)
	c.Broadcast()
	return nil
})

func run() error {
	c, v := mp.NewCond(mp.NewLock()), mp.NewValue(0)
	p, err := take.Start(c, v)
	if err != nil {
		return err
	}
	q, err := take.Start(c, v)
	if err != nil {
		return err
	}
	r, err := give.Start(c, v)
	if err != nil {
		return err
	}
	if err := p.Join(); err != nil {
		return err
	}
	if err := q.Join(); err != nil {
		return err
	}
	if err := r.Join(); err != nil {
		return err
	}
	fmt.Println(v.Get())
	return nil
}

func main() { mp.Main(run) }
