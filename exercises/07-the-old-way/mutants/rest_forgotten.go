//go:build mutant

// A number is halved when it is even, and tripled and increased by one when it is
// odd, until it is 1. Which number up to a limit takes the most steps? A process
// for each part of the numbers searches its part. The arguments are the limit and
// the number of parts. With a third, serial, the parent searches all parts itself.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

func steps(n int) int {
	count := 0
	for ; n != 1; count++ {
		if n%2 == 0 {
			n /= 2
		} else {
			n = 3*n + 1
		}
	}
	return count
}

// longest returns the number with the most steps, the first one of several, in one
// part of the numbers from 1 to limit.
func longest(limit, part, parts int) int {
	best, most := 1, 0
	size := limit / parts
	for n := 1 + part*size; n <= (part+1)*size; n++ {
		if count := steps(n); count > most {
			best, most = n, count
		}
	}
	return best
}

var searchPart = mp.Func4("searchPart", func(limit, part, parts int, found *mp.Array[int]) error {
	found.Set(part, longest(limit, part, parts))
	return nil
})

func main() { mp.Main(run) }

func run() error {
	limit, parts := 1_000_000, 4
	if len(os.Args) > 2 {
		var err error
		if limit, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
		if parts, err = strconv.Atoi(os.Args[2]); err != nil {
			return err
		}
	}

	found := mp.NewArray[int](parts)
	if len(os.Args) > 3 && os.Args[3] == "serial" {
		for part := range parts {
			found.Set(part, longest(limit, part, parts))
		}
	} else if err := parallel(limit, parts, found); err != nil {
		return err
	}

	best := 1
	for part := range parts {
		if n := found.Get(part); steps(n) > steps(best) {
			best = n
		}
	}
	fmt.Printf("%d takes %d steps\n", best, steps(best))
	return nil
}

func parallel(limit, parts int, found *mp.Array[int]) error {
	var started []*mp.Process
	for part := range parts {
		p, err := searchPart.Start(limit, part, parts, found)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	var failed error
	for _, p := range started {
		failed = errors.Join(failed, p.Join())
	}
	return failed
}
