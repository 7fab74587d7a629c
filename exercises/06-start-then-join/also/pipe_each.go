//go:build also

// Each part has a pipe of its own, so that the parent knows whose result it receives.
// With a third argument, serial, the parent does all parts itself.
package main

import (
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

const modulus = 1_000_003

func calculate(part, size int) (sum int) {
	for i := part * size; i < (part+1)*size; i++ {
		sum = (sum + i*i) % modulus
	}
	return sum
}

var calculatePart = mp.Func3("calculatePart", func(part, size int, parent *mp.Conn) error {
	return parent.Send(calculate(part, size))
})

type worker struct {
	*mp.Process
	results *mp.Conn
}

func start(part, size int) (w worker, err error) {
	mine, theirs, err := mp.Pipe()
	if err != nil {
		return w, err
	}
	defer theirs.Close()
	p, err := calculatePart.Start(part, size, theirs)
	return worker{p, mine}, err
}

func (w worker) finish() (int, error) {
	sum, err := mp.Recv[int](w.results)
	if err != nil {
		return 0, err
	}
	return sum, w.Join()
}

func main() { mp.Main(run) }

func run() error {
	parts, size := 10, 10_000_000
	if len(os.Args) > 2 {
		var err error
		if parts, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
		if size, err = strconv.Atoi(os.Args[2]); err != nil {
			return err
		}
	}
	if len(os.Args) > 3 && os.Args[3] == "serial" {
		for part := range parts {
			fmt.Printf("part %d: %d\n", part, calculate(part, size))
		}
		return nil
	}
	var workers []worker
	for part := range parts {
		w, err := start(part, size)
		if err != nil {
			return err
		}
		workers = append(workers, w)
	}
	for part, w := range workers {
		sum, err := w.finish()
		if err != nil {
			return err
		}
		fmt.Printf("part %d: %d\n", part, sum)
	}
	return nil
}
