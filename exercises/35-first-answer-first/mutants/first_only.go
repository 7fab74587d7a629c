//go:build mutant

// Every worker takes a question, a number, and answers with its square. The parent shows
// each answer as soon as it is there, whoever it comes from. One question is hard: its
// answer comes only when all others have been shown. The arguments are the number of
// questions, for each of which there is a worker, and which of them is hard, 0 for none.
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
	var started []*mp.Process
	var answers []*mp.Conn
	for q := 1; q <= n; q++ {
		if err := questions.Put(q); err != nil {
			return err
		}
		here, there, err := mp.Pipe()
		if err != nil {
			return err
		}
		p, err := answer.Start(questions, hard, others, there)
		if err != nil {
			return err
		}
		started, answers = append(started, p), append(answers, here)
	}
	for shown := range n {
		if shown == n-1 {
			others.Set()
		}
		i, err := mp.WaitAny(started...)
		if err != nil {
			return err
		}
		a, err := mp.Recv[Answer](answers[i])
		if err != nil {
			return err
		}
		fmt.Printf("%d: %d\n", a.Question, a.Square)
		if shown == 0 {
			others.Set()
		}
		started, answers = slices.Delete(started, i, i+1), slices.Delete(answers, i, i+1)
	}
	return nil
}
