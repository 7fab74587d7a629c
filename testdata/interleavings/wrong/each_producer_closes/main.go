// Each producer closes the queue when it has put its value in.
package main

import (
	"fmt"

	"lockstep/mp"
)

var work = mp.Func("work", func(q *mp.Queue[int]) error {
	if err := q.Put(1); err != nil {
		return err
	}
	return q.Close()
})

func run() error {
	q, err := mp.NewQueue[int](4)
	if err != nil {
		return err
	}
	var children []*mp.Process
	for range 2 {
		p, err := work.Start(q)
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
	fmt.Println(q.Len())
	return nil
}

func main() { mp.Main(run) }
