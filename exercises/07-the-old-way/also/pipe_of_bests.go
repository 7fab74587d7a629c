//go:build also

// Each process sends the best of its part through one pipe; the parent keeps the best of
// the bests. With a third argument, serial, it searches all parts itself.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

// Best is a number and its steps.
type Best struct{ N, Steps int }

// better says which of two is: the smaller number, where both take as many steps.
func better(a, b Best) Best {
	if b.Steps > a.Steps || b.Steps == a.Steps && b.N < a.N {
		return b
	}
	return a
}

func steps(n int) (count int) {
	for n != 1 {
		if n%2 == 0 {
			n /= 2
		} else {
			n = 3*n + 1
		}
		count++
	}
	return count
}

// search goes through every parts-th number from first on.
func search(limit, first, parts int) Best {
	best := Best{N: 1}
	for n := first; n <= limit; n += parts {
		if count := steps(n); count > best.Steps {
			best = Best{n, count}
		}
	}
	return best
}

var searchPart = mp.Func4("searchPart", func(limit, first, parts int, out *mp.Conn) error {
	return out.Send(search(limit, first, parts))
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
	best := Best{N: 1}
	if len(os.Args) > 3 && os.Args[3] == "serial" {
		best = better(best, search(limit, 1, 1))
	} else {
		found, err := parallel(limit, parts)
		if err != nil {
			return err
		}
		for _, b := range found {
			best = better(best, b)
		}
	}
	fmt.Printf("%d takes %d steps\n", best.N, best.Steps)
	return nil
}

func parallel(limit, parts int) (found []Best, failed error) {
	in, out, err := mp.Pipe()
	if err != nil {
		return nil, err
	}
	var started []*mp.Process
	for part := range parts {
		p, err := searchPart.Start(limit, part+1, parts, out)
		if err != nil {
			return nil, err
		}
		started = append(started, p)
	}
	if err := out.Close(); err != nil {
		return nil, err
	}
	for range started {
		b, err := mp.Recv[Best](in)
		if err != nil {
			failed = err
			break
		}
		found = append(found, b)
	}
	for _, p := range started {
		failed = errors.Join(failed, p.Join())
	}
	return found, failed
}
