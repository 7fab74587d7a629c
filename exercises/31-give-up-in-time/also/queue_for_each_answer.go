//go:build also

// Every worker puts its square into a queue of its own, and the parent waits for that.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"lockstep/mp"
)

var square = mp.Func4("square", func(answers *mp.Queue[int], n int, stuck bool, pause time.Duration) error {
	if stuck {
		mp.Sleep(pause)
	}
	return answers.Put(n * n)
})

func main() { mp.Main(run) }

func run() error {
	numbers := []int{3, 1, 500, 3_600_000}
	for i, arg := range os.Args[1:] {
		n, err := strconv.Atoi(arg)
		if err != nil || i == len(numbers) {
			return fmt.Errorf("usage: give-up-in-time WORKERS STUCK LIMIT PAUSE, not %q", arg)
		}
		numbers[i] = n
	}
	workers, stuck := numbers[0], numbers[1]
	limit, pause := time.Duration(numbers[2])*time.Millisecond, time.Duration(numbers[3])*time.Millisecond

	var answers []*mp.Queue[int]
	var started []*mp.Process
	for n := 1; n <= workers; n++ {
		q, err := mp.NewQueue[int](1)
		if err != nil {
			return err
		}
		answers = append(answers, q)
		p, err := square.Start(q, n, n <= stuck, pause)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	for i, p := range started {
		answer, done, err := answers[i].GetTimeout(limit)
		if err != nil {
			return err
		}
		if !done {
			if err := end(p); err != nil {
				return err
			}
			fmt.Printf("worker %d is given up\n", i+1)
			continue
		}
		if err := p.Join(); err != nil {
			return err
		}
		fmt.Printf("worker %d: %d\n", i+1, answer)
	}
	return nil
}

// end ends a process and waits for its end, of which Join then tells.
func end(p *mp.Process) error {
	if err := p.Terminate(); err != nil {
		return err
	}
	var ended *mp.ExitError
	if err := p.Join(); err != nil && !errors.As(err, &ended) {
		return err
	}
	return nil
}
