// Questions go through one queue and answers through another.
package main

import (
	"fmt"

	"lockstep/mp"
)

var square = mp.Func2("square", func(questions, answers *mp.Queue[int]) error {
	x, err := questions.Get()
	if err != nil {
		return err
	}
	return answers.Put(x * x)
})

func run() error {
	questions, err := mp.NewQueue[int](4)
	if err != nil {
		return err
	}
	answers, err := mp.NewQueue[int](4)
	if err != nil {
		return err
	}
	p, err := square.Start(questions, answers)
	if err != nil {
		return err
	}
	if err := questions.Put(7); err != nil {
		return err
	}
	x, err := answers.Get()
	if err != nil {
		return err
	}
	fmt.Println(x)
	return p.Join()
}

func main() { mp.Main(run) }
