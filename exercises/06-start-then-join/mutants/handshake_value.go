//go:build mutant

// A large calculation in parts: a process for each part, all at the same time. Then
// the parent prints the results. The arguments are the number of parts and the size
// of one. With a third argument, serial, the parent does all parts itself.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"lockstep/mp"
)

func calculate(part, size int) int {
	sum := 0
	for i := part * size; i < (part+1)*size; i++ {
		sum = (sum + i*i) % 1_000_003
	}
	return sum
}

var calculatePart = mp.Func("calculatePart", func(signs *mp.Value[int]) error {
	time.Sleep(20 * time.Millisecond)
	signs.Lock()
	signs.Set(signs.Get() + 1)
	signs.Unlock()
	return nil
})

func main() { mp.Main(run) }

func run() error {
	signs = mp.NewValue(0)
	parts, size := 10, 10_000_000
	if len(os.Args) > 2 {
		var err error
		if parts, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
		if size, err = strconv.Atoi(os.Args[2]); err != nil {
			return err
		}
	}

	if len(os.Args) < 4 {
		if err := parallel(parts); err != nil {
			return err
		}
	}
	for part := range parts {
		fmt.Printf("part %d: %d\n", part, calculate(part, size))
	}
	return nil
}

func parallel(parts int) error {
	var started []*mp.Process
	for range parts {
		p, err := calculatePart.Start(signs)
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
