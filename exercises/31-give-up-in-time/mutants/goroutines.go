//go:build mutant

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

func square(n int, stuck bool, pause time.Duration) int {
	if stuck {
		time.Sleep(pause)
	}
	return n * n
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

	var started []chan int
	for n := 1; n <= workers; n++ {
		c := make(chan int, 1)
		go func() { c <- square(n, n <= stuck, pause) }()
		started = append(started, c)
	}
	for i, c := range started {
		select {
		case <-time.After(limit):
			fmt.Printf("worker %d is given up\n", i+1)
		case n := <-c:
			fmt.Printf("worker %d: %d\n", i+1, n)
		}
	}
	return nil
}
