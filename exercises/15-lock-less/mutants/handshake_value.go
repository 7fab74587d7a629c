//go:build mutant

// Workers share the numbers from 1 to LIMIT among them, count how many steps each
// number takes to reach 1 (halve an even one, triple an odd one and add one), and
// add their counts to a shared total. The arguments are the number of workers and
// LIMIT. With 0 workers the parent does everything itself, for comparison.
package main

import (
	"fmt"
	"os"
	"strconv"
	"time"

	"lockstep/mp"
)

// steps adds up the steps of every stride-th number from first to limit.
func steps(first, stride, limit int) (sum int) {
	for start := first; start <= limit; start += stride {
		for n := start; n != 1; sum++ {
			if n%2 == 0 {
				n /= 2
			} else {
				n = 3*n + 1
			}
		}
	}
	return sum
}

var count = mp.Func("count", func(signs *mp.Value[int]) error {
	time.Sleep(20 * time.Millisecond)
	signs.Lock()
	signs.Set(signs.Get() + 1)
	signs.Unlock()
	return nil
})

func main() { mp.Main(run) }

func run() error {
	signs = mp.NewValue(0)
	workers, limit := 4, 1_000_000
	if len(os.Args) > 2 {
		var err error
		if workers, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
		if limit, err = strconv.Atoi(os.Args[2]); err != nil {
			return err
		}
	}
	var started []*mp.Process
	for range workers {
		p, err := count.Start(signs)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	for _, p := range started {
		if err := await(p); err != nil {
			return err
		}
	}
	fmt.Println(steps(1, 1, limit))
	return nil
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
		return fmt.Errorf("nobody was there")
	}
	return nil
}
