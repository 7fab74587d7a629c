//go:build also

// The pool made by hand with two pipes: through one the workers take parts, through the
// other they give counts. With a third argument, serial, the parent counts all parts itself.
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

func count(p Part) int {
	found := 0
next:
	for n := max(2, p.From); n < p.To; n++ {
		for d := 2; d*d <= n; d++ {
			if n%d == 0 {
				continue next
			}
		}
		found++
	}
	return found
}

var worker = mp.Func2("worker", func(parts, counts *mp.Conn) error {
	for {
		switch part, err := mp.Recv[Part](parts); err {
		case nil:
			if err := counts.Send(count(part)); err != nil {
				return err
			}
		case io.EOF:
			return nil
		default:
			return err
		}
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
	total := 0
	if len(os.Args) > 3 && os.Args[3] == "serial" {
		total = count(Part{0, limit})
	} else {
		counts, err := pooled(limit, workers)
		if err != nil {
			return err
		}
		for _, n := range counts {
			total += n
		}
	}
	fmt.Printf("%d primes below %d\n", total, limit)
	return nil
}

func pooled(limit, workers int) (counts []int, err error) {
	giveParts, takeParts, err := mp.Pipe()
	if err != nil {
		return nil, err
	}
	takeCounts, giveCounts, err := mp.Pipe()
	if err != nil {
		return nil, err
	}
	var crew []*mp.Process
	for range workers {
		p, err := worker.Start(takeParts, giveCounts)
		if err != nil {
			return nil, err
		}
		crew = append(crew, p)
	}
	if err := errors.Join(takeParts.Close(), giveCounts.Close()); err != nil {
		return nil, err
	}
	parts := 8 * workers
	for i := range parts {
		if err := giveParts.Send(Part{limit * i / parts, limit * (i + 1) / parts}); err != nil {
			return nil, err
		}
	}
	if err := giveParts.Close(); err != nil {
		return nil, err
	}
	for {
		n, err := mp.Recv[int](takeCounts)
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		counts = append(counts, n)
	}
	for _, p := range crew {
		err = errors.Join(err, p.Join())
	}
	return counts, err
}
