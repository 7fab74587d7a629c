//go:build also

// All workers send into one pipe, where the first answer comes out first.
package main

import (
	"errors"
	"fmt"
	"os"
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

func run() (failed error) {
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
	answers, there, err := mp.Pipe()
	if err != nil {
		return err
	}
	for q := 1; q <= n; q++ {
		if err := questions.Put(q); err != nil {
			return err
		}
		p, err := answer.Start(questions, hard, others, there)
		if err != nil {
			return err
		}
		defer func() { failed = errors.Join(failed, p.Join()) }()
	}
	for shown := range n {
		if shown == n-1 {
			others.Set()
		}
		a, err := mp.Recv[Answer](answers)
		if err != nil {
			return err
		}
		fmt.Printf("%d: %d\n", a.Question, a.Square)
	}
	return nil
}
