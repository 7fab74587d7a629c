//go:build also

// A process for each range puts its sum into a queue; the parent adds the sums up.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

// Range is the numbers from First to Last.
type Range struct{ First, Last int }

func (r Range) squares() (sum int) {
	for i := r.First; i <= r.Last; i++ {
		sum += i * i
	}
	return sum
}

var addUp = mp.Func2("addUp", func(r Range, sums *mp.Queue[int]) error { return sums.Put(r.squares()) })

func main() { mp.Main(run) }

func run() error {
	n, ranges := 100, 4
	if len(os.Args) > 2 {
		var err error
		if n, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
		if ranges, err = strconv.Atoi(os.Args[2]); err != nil {
			return err
		}
	}
	sums, err := mp.NewQueue[int](ranges)
	if err != nil {
		return err
	}
	var started []*mp.Process
	for next, left := 1, ranges; left > 0; left-- {
		length := (n - next + 1) / left
		p, err := addUp.Start(Range{next, next + length - 1}, sums)
		if err != nil {
			return err
		}
		started = append(started, p)
		next += length
	}
	var failed error
	for _, p := range started {
		failed = errors.Join(failed, p.Join())
	}
	total := 0
	for range started {
		sum, err := sums.Get()
		if err != nil {
			return errors.Join(failed, err)
		}
		total += sum
	}
	fmt.Println(total)
	return failed
}
