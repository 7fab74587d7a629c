//go:build also

// Each worker has a pipe of its own, and whichever has an answer is received from.
package main

import (
	"fmt"
	"os"
	"slices"
	"strconv"

	"lockstep/mp"
)

// Answer is the answer to a question.
type Answer struct{ Question, Square int }

var answer = mp.Func4("answer", func(questions *mp.Queue[int], hard int, others *mp.Event, parent *mp.Conn) error {
	q, err := questions.Get()
	if err != nil {
		return err
	}
	if q == hard {
		others.Wait()
	}
	return parent.Send(Answer{q, q * q})
})

func main() { mp.Main(run) }

func run() error {
	n, hard := 3, 1
	if len(os.Args) > 2 {
		var err error
		if n, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
		if hard, err = strconv.Atoi(os.Args[2]); err != nil {
			return err
		}
	}

	others := mp.NewEvent()
	questions, err := mp.NewQueue[int](n)
	if err != nil {
		return err
	}
	var ends []*mp.Conn
	for q := 1; q <= n; q++ {
		if err := questions.Put(q); err != nil {
			return err
		}
		here, there, err := mp.Pipe()
		if err != nil {
			return err
		}
		if _, err := answer.Start(questions, hard, others, there); err != nil {
			return err
		}
		if err := there.Close(); err != nil {
			return err
		}
		ends = append(ends, here)
	}
	for shown := range n {
		if shown == n-1 {
			others.Set()
		}
		i, err := mp.WaitAny(ends...)
		if err != nil {
			return err
		}
		a, err := mp.Recv[Answer](ends[i])
		if err != nil {
			return err
		}
		fmt.Printf("%d: %d\n", a.Question, a.Square)
		ends = slices.Delete(ends, i, i+1)
	}
	for _, p := range mp.Children() {
		if err := p.Join(); err != nil {
			return err
		}
	}
	return nil
}
