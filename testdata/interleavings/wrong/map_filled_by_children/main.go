// Each child notes its square in a map of the package, and the parent reads its own.
package main

import (
	"errors"
	"fmt"

	"lockstep/mp"
)

var squares = map[int]int{}

func note(n, square int) { squares[n] = square }

var square = mp.Func("square", func(n int) error {
	note(n, n*n)
	return nil
})

func run() error {
	var started []*mp.Process
	for n := range 2 {
		p, err := square.Start(n)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	if err := errors.Join(started[0].Join(), started[1].Join()); err != nil {
		return err
	}
	fmt.Println(len(squares))
	return nil
}

func main() { mp.Main(run) }
