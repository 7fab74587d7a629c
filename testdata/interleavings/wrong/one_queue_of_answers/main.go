// Questions go to a clerk by one queue, and all answers come by another.
package main

import (
	"errors"
	"fmt"

	"lockstep/mp"
)

var clerk = mp.Func2("clerk", func(questions, answers *mp.Queue[int]) error {
	for range 2 {
		q, err := questions.Get()
		if err != nil {
			return err
		}
		if err := answers.Put(q * q); err != nil {
			return err
		}
	}
	return nil
})

var asker = mp.Func4("asker", func(n int, questions, answers *mp.Queue[int], found *mp.Value[int]) error {
	if err := questions.Put(n); err != nil {
		return err
	}
	a, err := answers.Get()
	if err != nil {
		return err
	}
	found.Set(a)
	return nil
})

func run() error {
	questions, err := mp.NewQueue[int](2)
	if err != nil {
		return err
	}
	answers, err := mp.NewQueue[int](2)
	if err != nil {
		return err
	}
	works, err := clerk.Start(questions, answers)
	if err != nil {
		return err
	}
	two, three := mp.NewValue(0), mp.NewValue(0)
	first, err := asker.Start(2, questions, answers, two)
	if err != nil {
		return err
	}
	second, err := asker.Start(3, questions, answers, three)
	if err != nil {
		return err
	}
	if err := errors.Join(works.Join(), first.Join(), second.Join()); err != nil {
		return err
	}
	fmt.Println(two.Get(), three.Get())
	return nil
}

func main() { mp.Main(run) }
