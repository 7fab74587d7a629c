//go:build also

// The pool made by hand: each result travels with its place.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"lockstep/mp"
)

// Item is a number, or its square, at its place.
type Item struct{ Place, N int }

var work = mp.Func2("work", func(tasks, results *mp.Conn) error {
	for {
		item, err := mp.Recv[Item](tasks)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := results.Send(Item{item.Place, item.N * item.N}); err != nil {
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

func squareAll(workers int, numbers []int) ([]int, error) {
	tasks, takers, err := mp.Pipe()
	if err != nil {
		return nil, err
	}
	results, givers, err := mp.Pipe()
	if err != nil {
		return nil, err
	}
	var started []*mp.Process
	for range workers {
		p, err := work.Start(takers, givers)
		if err != nil {
			return nil, err
		}
		started = append(started, p)
	}
	takers.Close()
	givers.Close()
	for place, n := range numbers {
		if err := tasks.Send(Item{place, n}); err != nil {
			return nil, err
		}
	}
	squares := make([]int, len(numbers))
	for range numbers {
		item, err := mp.Recv[Item](results)
		if err != nil {
			return nil, err
		}
		squares[item.Place] = item.N
	}
	tasks.Close()
	var failed error
	for _, p := range started {
		failed = errors.Join(failed, p.Join())
	}
	return squares, failed
}
