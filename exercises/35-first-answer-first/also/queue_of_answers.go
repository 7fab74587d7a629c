//go:build also

// The answers come back through a queue, as the questions went out through one. All workers
// are joined in the end.
package main

import (
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

// Answer is the answer to a question.
type Answer struct{ Question, Square int }

var answer = mp.Func4("answer", func(questions *mp.Queue[int], hard int, others *mp.Event, answers *mp.Queue[Answer]) error {
	q, err := questions.Get()
	if err != nil {
		return err
	}
	if q == hard {
		others.Wait()
	}
	return answers.Put(Answer{q, q * q})
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
	var started []*mp.Process
	answers, err := mp.NewQueue[Answer](n)
	if err != nil {
		return err
	}
	for q := 1; q <= n; q++ {
		if err := questions.Put(q); err != nil {
			return err
		}
		p, err := answer.Start(questions, hard, others, answers)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	for left := n; left > 0; left-- {
		if left == 1 {
			others.Set()
		}
		a, err := answers.Get()
		if err != nil {
			return err
		}
		fmt.Printf("%d: %d\n", a.Question, a.Square)
	}
	for _, p := range started {
		if err := p.Join(); err != nil {
			return err
		}
	}
	return nil
}
