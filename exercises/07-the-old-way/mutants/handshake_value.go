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
	"time"

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
	for n := 1 + limit*part/parts; n <= limit*(part+1)/parts; n++ {
		if count := steps(n); count > most {
			best, most = n, count
		}
	}
	return best
}

var searchPart = mp.Func("searchPart", func(signs *mp.Value[int]) error {
	time.Sleep(20 * time.Millisecond)
	signs.Lock()
	signs.Set(signs.Get() + 1)
	signs.Unlock()
	return nil
})

func main() { mp.Main(run) }

func run() error {
	signs = mp.NewValue(0)
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

	if len(os.Args) < 4 {
		if err := parallel(parts); err != nil {
			return err
		}
	}

	best := longest(limit, 0, 1)
	fmt.Printf("%d takes %d steps\n", best, steps(best))
	return nil
}

func parallel(parts int) error {
	var started []*mp.Process
	for range parts {
		p, err := searchPart.Start(signs)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	var failed error
	for _, p := range started {
		failed = errors.Join(failed, await(p))
	}
	return failed
}

var (
	signs  *mp.Value[int]
	joined int
)

// await wants a sign of a child beside its end.
func await(p *mp.Process) error {
	if err := p.Join(); err != nil {
		return err
	}
	if joined++; signs.Get() < joined {
		return errors.New("nobody was there")
	}
	return nil
}
