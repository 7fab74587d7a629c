//go:build also

// The pool made by hand: workers take parts from a queue until it is closed, and add to
// one count. With a third argument, serial, the parent counts all parts itself.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"

	"lockstep/mp"
)

// Part is the numbers from From up to and without To.
type Part struct{ From, To int }

func prime(n int) bool {
	for d := 2; d*d <= n; d++ {
		if n%d == 0 {
			return false
		}
	}
	return n > 1
}

func (p Part) primes() (count int) {
	for n := p.From; n < p.To; n++ {
		if prime(n) {
			count++
		}
	}
	return count
}

func split(limit, parts int) (all []Part) {
	for i := range parts {
		all = append(all, Part{limit * i / parts, limit * (i + 1) / parts})
	}
	return all
}

var work = mp.Func2("work", func(parts *mp.Queue[Part], total *mp.Value[int]) error {
	for {
		part, err := parts.Get()
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		count := part.primes()
		total.Lock()
		total.Set(total.Get() + count)
		total.Unlock()
	}
})

func main() { mp.Main(run) }

func run() error {
	limit, workers := 2_000_000, 4
	if len(os.Args) > 2 {
		var err error
		if limit, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
		if workers, err = strconv.Atoi(os.Args[2]); err != nil {
			return err
		}
	}
	if len(os.Args) > 3 && os.Args[3] == "serial" {
		fmt.Printf("%d primes below %d\n", Part{0, limit}.primes(), limit)
		return nil
	}
	total := mp.NewValue(0)
	parts, err := mp.NewQueue[Part](8)
	if err != nil {
		return err
	}
	var crew []*mp.Process
	for range workers {
		p, err := work.Start(parts, total)
		if err != nil {
			return err
		}
		crew = append(crew, p)
	}
	for _, part := range split(limit, 10*workers) {
		if err := parts.Put(part); err != nil {
			return err
		}
	}
	if err := parts.Close(); err != nil {
		return err
	}
	var failed error
	for _, p := range crew {
		failed = errors.Join(failed, p.Join())
	}
	fmt.Printf("%d primes below %d\n", total.Get(), limit)
	return failed
}
