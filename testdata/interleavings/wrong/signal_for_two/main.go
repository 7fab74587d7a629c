// Two wait for a condition, and only one of them is woken.
package main

import (
	"fmt"

	"lockstep/mp"
)

var work = mp.Func3("work", func(l *mp.Lock, c *mp.Cond, open *mp.Value[int]) error {
	l.Lock()
	defer l.Unlock()
	for open.Get() == 0 {
		c.Wait()
	}
	return nil
})

func run() error {
	l, open := mp.NewLock(), mp.NewValue(0)
	c := mp.NewCond(l)
	var children []*mp.Process
	for range 2 {
		p, err := work.Start(l, c, open)
		if err != nil {
			return err
		}
		children = append(children, p)
	}
	l.Lock()
	open.Set(1)
	c.Signal()
	l.Unlock()
	for _, p := range children {
		if err := p.Join(); err != nil {
			return err
		}
	}
	fmt.Println("done")
	return nil
}

func main() { mp.Main(run) }
