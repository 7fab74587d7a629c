// Both workers close the queue when it is empty.
package main

import (
	"fmt"

	"lockstep/mp"
)

var work = mp.Func2("work", func(q *mp.Queue[int], v *mp.Value[int]) error {
	v.Lock()
	last := v.Get() == 0
	v.Unlock()
	if last {
		v.Lock()
		v.Set(1)
		v.Unlock()
		return q.Close()
	}
	return nil
})

func run() error {
	v := mp.NewValue(0)
	q, err := mp.NewQueue[int](8)
	if err != nil {
		return err
	}
	var children []*mp.Process
	for range 2 {
		p, err := work.Start(q, v)
		if err != nil {
			return err
		}
		children = append(children, p)
	}
	for _, p := range children {
		if err := p.Join(); err != nil {
			return err
		}
	}
	fmt.Println("done")
	return nil
}

func main() { mp.Main(run) }
