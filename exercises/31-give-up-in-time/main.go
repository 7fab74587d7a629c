// Workers each square a number, and the first few of them are stuck: they would take an
// hour. The parent waits for each worker, but not longer than the limit, and gives up
// the ones that take longer: nothing may be left of them when it ends. The arguments are
// the number of workers, how many are stuck, the limit in milliseconds, and for how many
// milliseconds they are stuck where it is not an hour.
package main

import (
	"fmt"
	"os"
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
