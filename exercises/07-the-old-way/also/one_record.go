//go:build also

// The processes keep one record together, the number with the most steps so far, in two
// values under one lock. With a third argument, serial, no child is started.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

// Record is the number with the most steps, the smallest one of several.
type Record struct{ N, Steps *mp.Value[int] }

func newRecord() Record { return Record{mp.NewValue(1), mp.NewValue(0)} }

func (r Record) offer(n, steps int) {
	r.N.Lock()
	defer r.N.Unlock()
	if steps > r.Steps.Get() || steps == r.Steps.Get() && n < r.N.Get() {
		r.N.Set(n)
		r.Steps.Set(steps)
	}
}

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

func search(from, to int, r Record) error {
	best, most := 1, 0
	for n := from; n <= to; n++ {
		if count := steps(n); count > most {
			best, most = n, count
		}
	}
	r.offer(best, most)
	return nil
}

var searchPart = mp.Func3("searchPart", search)

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
	record := newRecord()
	if len(os.Args) > 3 && os.Args[3] == "serial" {
		if err := search(1, limit, record); err != nil {
			return err
		}
	} else if err := parallel(limit, parts, record); err != nil {
		return err
	}
	fmt.Println(record.N.Get(), "takes", record.Steps.Get(), "steps")
	return nil
}

func parallel(limit, parts int, record Record) error {
	var started []*mp.Process
	for part := range parts {
		p, err := searchPart.Start(1+limit*part/parts, limit*(part+1)/parts, record)
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
