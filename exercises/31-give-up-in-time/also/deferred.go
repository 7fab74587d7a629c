//go:build also

// Whatever happens, at the end of the function that starts them all children that still
// run are ended and joined.
package main

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"time"

	"lockstep/mp"
)

var square = mp.Func4("square", func(squares *mp.Array[int], n int, stuck bool, pause time.Duration) error {
	if stuck {
		mp.Sleep(pause)
	}
	squares.Set(n-1, n*n)
	return nil
})

func main() { mp.Main(run) }

func run() error {
	defer endAll()
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

	squares := mp.NewArray[int](workers)
	var started []*mp.Process
	for n := 1; n <= workers; n++ {
		p, err := square.Start(squares, n, n <= stuck, pause)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	for i, p := range started {
		done, err := p.JoinTimeout(limit)
		if err != nil {
			return err
		}
		if !done {
			fmt.Printf("worker %d is given up\n", i+1)
			continue
		}
		fmt.Printf("worker %d: %d\n", i+1, squares.Get(i))
	}
	return nil
}

// endAll ends all children that run, and waits until they have ended.
func endAll() {
	left := mp.Children()
	for _, p := range left {
		p.Terminate()
	}
	for len(left) > 0 {
		i, _ := mp.WaitAny(left...)
		left = slices.Delete(left, i, i+1)
	}
}
