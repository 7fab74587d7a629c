// What does not fit into the queue in time is lost.
package main

import (
	"fmt"
	"io"
	"time"

	"lockstep/mp"
)

var fill = mp.Func("fill", func(q *mp.Queue[int]) error {
	for n := range 3 {
		if _, err := q.PutTimeout(n, 500*time.Millisecond); err != nil {
			return err
		}
	}
	return q.Close()
})

func run() error {
	q, err := mp.NewQueue[int](1)
	if err != nil {
		return err
	}
	p, err := fill.Start(q)
	if err != nil {
		return err
	}
	sum := 0
	for {
		x, err := q.Get()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		sum += 1 + x
	}
	fmt.Println(sum)
	return p.Join()
}

func main() { mp.Main(run) }
