//go:build also

// Every worker sends its square through a pipe of its own, and the parent waits for the
// message with Poll. Whoever is late is killed.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"lockstep/mp"
)

var square = mp.Func4("square", func(parent *mp.Conn, n int, stuck bool, pause time.Duration) error {
	if stuck {
		mp.Sleep(pause)
	}
	return parent.Send(n * n)
})

type worker struct {
	*mp.Process
	answers *mp.Conn
}

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

	var started []worker
	for n := 1; n <= workers; n++ {
		answers, parent, err := mp.Pipe()
		if err != nil {
			return err
		}
		p, err := square.Start(parent, n, n <= stuck, pause)
		if err != nil {
			return err
		}
		parent.Close()
		started = append(started, worker{p, answers})
	}
	for i, w := range started {
		there, err := w.answers.Poll(limit)
		if err != nil {
			return err
		}
		if !there {
			fmt.Printf("worker %d is given up\n", i+1)
			if err := w.Kill(); err != nil {
				return err
			}
			var killed *mp.ExitError
			if err := w.Join(); err != nil && !errors.As(err, &killed) {
				return err
			}
			continue
		}
		square, err := mp.Recv[int](w.answers)
		if err != nil {
			return err
		}
		fmt.Printf("worker %d: %d\n", i+1, square)
		if err := w.Join(); err != nil {
			return err
		}
	}
	return nil
}
