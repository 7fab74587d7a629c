//go:build also

// A process for each part sends what it found, with its number, through a queue. The
// parent sorts it in. With a third argument, serial, the parent does all parts itself.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

// Result is what one part comes to.
type Result struct{ Part, Sum int }

func calculate(part, size int) Result {
	sum := 0
	for i := part * size; i < (part+1)*size; i++ {
		sum = (sum + i*i) % 1_000_003
	}
	return Result{part, sum}
}

var work = mp.Func3("work", func(part, size int, results *mp.Queue[Result]) error {
	return results.Put(calculate(part, size))
})

func main() { mp.Main(run) }

func run() error {
	parts, size, serial, err := arguments(os.Args[1:])
	if err != nil {
		return err
	}
	sums := make([]int, parts)
	if serial {
		for part := range parts {
			sums[part] = calculate(part, size).Sum
		}
	} else if err := parallel(sums, size); err != nil {
		return err
	}
	for part, sum := range sums {
		fmt.Printf("part %d: %d\n", part, sum)
	}
	return nil
}

func arguments(args []string) (parts, size int, serial bool, err error) {
	if len(args) < 2 {
		return 10, 10_000_000, false, nil
	}
	parts, err = strconv.Atoi(args[0])
	if err == nil {
		size, err = strconv.Atoi(args[1])
	}
	return parts, size, len(args) > 2 && args[2] == "serial", err
}

func parallel(sums []int, size int) error {
	results, err := mp.NewQueue[Result](len(sums))
	if err != nil {
		return err
	}
	started := make([]*mp.Process, len(sums))
	for part := range sums {
		if started[part], err = work.Start(part, size, results); err != nil {
			return err
		}
	}
	for range sums {
		r, err := results.Get()
		if err != nil {
			return err
		}
		sums[r.Part] = r.Sum
	}
	var failed error
	for _, p := range started {
		failed = errors.Join(failed, p.Join())
	}
	return failed
}
