//go:build also

// Workers take places from a queue until it is closed, and put each square at its place of
// an array that all share.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"lockstep/mp"
)

var work = mp.Func2("work", func(places *mp.Queue[int], numbers *mp.Array[int]) error {
	for {
		i, err := places.Get()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		n := numbers.Get(i)
		numbers.Set(i, n*n)
	}
})

func main() { mp.Main(run) }

func run() error {
	args := os.Args[1:]
	if len(args) == 0 {
		args = []string{"4", "1", "2", "3", "4", "5"}
	}
	workers, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	numbers := mp.NewArray[int](len(args) - 1)
	places, err := mp.NewQueue[int](max(1, numbers.Len()))
	if err != nil {
		return err
	}
	for i, text := range args[1:] {
		n, err := strconv.Atoi(text)
		if err != nil {
			return err
		}
		numbers.Set(i, n)
		if err := places.Put(i); err != nil {
			return err
		}
	}
	if err := places.Close(); err != nil {
		return err
	}
	if err := crew(workers, places, numbers); err != nil {
		return err
	}
	squares := make([]int, numbers.Len())
	for i := range squares {
		squares[i] = numbers.Get(i)
	}
	fmt.Println(squares)
	return nil
}

// crew lets so many workers work until there is nothing left.
func crew(workers int, places *mp.Queue[int], numbers *mp.Array[int]) (failed error) {
	for range workers {
		p, err := work.Start(places, numbers)
		if err != nil {
			return err
		}
		defer func() { failed = errors.Join(failed, p.Join()) }()
	}
	return nil
}
