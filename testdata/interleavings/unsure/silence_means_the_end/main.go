// Who reads the measurements takes a silence for their end.
package main

import (
	"fmt"
	"time"

	"lockstep/mp"
)

var measure = mp.Func("measure", func(q *mp.Queue[int]) error {
	for _, x := range []int{8} {
		mp.Sleep(15 * time.Millisecond)
		if err := q.Put(x); err != nil {
			return err
		}
	}
	return q.Close()
})

func run() error {
	q, err := mp.NewQueue[int](4)
	if err != nil {
		return err
	}
	p, err := measure.Start(q)
	if err != nil {
		return err
	}
	sum := 0
	for {
		x, ok, err := q.GetTimeout(150 * time.Millisecond)
		if !ok {
			break
		}
		if err != nil {
			return err
		}
		sum += x
	}
	fmt.Println(sum)
	return p.Join()
}

func main() { mp.Main(run) }
