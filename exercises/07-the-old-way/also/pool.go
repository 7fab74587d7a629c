//go:build also

// A pool of as many workers as there are parts searches them. With a third argument,
// serial, the parent searches all parts itself.
package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"

	"lockstep/mp"
)

// Part is the numbers From to To.
type Part struct{ From, To int }

// Found is a number and how many steps it takes.
type Found struct{ N, Steps int }

func (p Part) search() (Found, error) {
	best := Found{N: 1}
	for n := p.From; n <= p.To; n++ {
		count := 0
		for m := n; m != 1; count++ {
			if m&1 == 0 {
				m >>= 1
			} else {
				m += m + m + 1
			}
		}
		if count > best.Steps {
			best = Found{n, count}
		}
	}
	return best, nil
}

var searchTask = mp.Task("search", Part.search)

func main() { mp.Main(run) }

func run() error {
	numbers := []int{1_000_000, 4}
	serial := slices.Contains(os.Args[1:], "serial")
	for i := range numbers {
		if len(os.Args) > i+1 {
			n, err := strconv.Atoi(os.Args[i+1])
			if err != nil {
				return err
			}
			numbers[i] = n
		}
	}
	limit, count := numbers[0], numbers[1]
	parts := make([]Part, count)
	for i := range parts {
		parts[i] = Part{1 + limit*i/count, limit * (i + 1) / count}
	}
	found, err := searchAll(parts, serial)
	if err != nil {
		return err
	}
	best := slices.MaxFunc(found, func(a, b Found) int {
		return cmp.Or(cmp.Compare(a.Steps, b.Steps), cmp.Compare(b.N, a.N))
	})
	fmt.Printf("%d takes %d steps\n", best.N, best.Steps)
	return nil
}

func searchAll(parts []Part, serial bool) (found []Found, err error) {
	if serial {
		for _, p := range parts {
			f, _ := p.search()
			found = append(found, f)
		}
		return found, nil
	}
	pool, err := mp.NewPool(len(parts))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, pool.Close()) }()
	return searchTask.Map(pool, parts)
}
