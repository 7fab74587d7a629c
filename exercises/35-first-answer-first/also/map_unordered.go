//go:build also

// A pool with a worker for each question: MapUnordered gives the answers as they come.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

// Question is one that waits for the others' answers if it is hard.
type Question struct {
	N      int
	Hard   bool
	Others *mp.Event
}

var square = mp.Task("square", func(q Question) ([2]int, error) {
	if q.Hard {
		q.Others.Wait()
	}
	return [2]int{q.N, q.N * q.N}, nil
})

func main() { mp.Main(run) }

func run() error {
	numbers := []int{3, 1}
	for i, arg := range os.Args[1:] {
		n, err := strconv.Atoi(arg)
		if err != nil || i == len(numbers) {
			return fmt.Errorf("usage: first-answer-first QUESTIONS HARD, not %q", arg)
		}
		numbers[i] = n
	}
	others := mp.NewEvent()
	var questions []Question
	for n := 1; n <= numbers[0]; n++ {
		questions = append(questions, Question{n, n == numbers[1], others})
	}
	pool, err := mp.NewPool(numbers[0])
	if err != nil {
		return err
	}
	show := 0
	for a, e := range square.MapUnordered(pool, questions) {
		if err = e; err != nil {
			break
		}
		fmt.Printf("%d: %d\n", a[0], a[1])
		if show++; show == len(questions)-1 {
			others.Set()
		}
	}
	return errors.Join(err, pool.Close())
}
