// A pool of workers squares numbers. The squares are printed in the order of their
// numbers. The arguments are the number of workers, then the numbers.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"lockstep/mp"
)

var work = mp.Func2("work", func(tasks, results *mp.Conn) error {
	for {
		n, err := mp.Recv[int](tasks)
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = results.Send(n * n)
		}
		if err != nil {
			return err
		}
	}
})

func main() { mp.Main(run) }

func run() error {
	given := []int{4, 1, 2, 3, 4, 5}
	if len(os.Args) > 1 {
		given = nil
		for _, text := range os.Args[1:] {
			n, err := strconv.Atoi(text)
			if err != nil {
				return err
			}
			given = append(given, n)
		}
	}
	squares, err := squareAll(given[0], given[1:])
	if err != nil {
		return err
	}
	fmt.Println(squares)
	return nil
}

func squareAll(workers int, numbers []int) (squares []int, err error) {
	in, tasks, inErr := mp.Pipe()
	results, out, outErr := mp.Pipe()
	if err := errors.Join(inErr, outErr); err != nil {
		return nil, err
	}
	var started []*mp.Process
	for range workers {
		p, err := work.Start(tasks, results)
		if err != nil {
			return nil, err
		}
		started = append(started, p)
	}
	err = errors.Join(tasks.Close(), results.Close())
	for _, n := range numbers {
		err = errors.Join(err, in.Send(n))
	}
	err = errors.Join(err, in.Close())
	for range numbers {
		square, e := mp.Recv[int](out)
		squares, err = append(squares, square), errors.Join(err, e)
	}
	for _, p := range started {
		err = errors.Join(err, p.Join())
	}
	return squares, err
}
