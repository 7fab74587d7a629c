//go:build also

// A worker adds what it has counted to the total whenever it has done a few hundred
// numbers, under a lock that it holds just for that.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

func steps(n int) (count int) {
	for ; n > 1; count++ {
		if n%2 == 0 {
			n /= 2
		} else {
			n = 3*n + 1
		}
	}
	return count
}

// Total is a sum to which several processes add.
type Total struct {
	Sum  *mp.Value[int]
	Lock *mp.Lock
}

func (t Total) add(n int) {
	t.Lock.Lock()
	defer t.Lock.Unlock()
	t.Sum.Set(t.Sum.Get() + n)
}

var work = mp.Func4("work", func(total Total, first, stride, limit int) error {
	const few = 4000
	sum, done := 0, 0
	for n := first; n <= limit; n += stride {
		sum += steps(n)
		if done++; done == few {
			total.add(sum)
			sum, done = 0, 0
		}
	}
	total.add(sum)
	return nil
})

func main() { mp.Main(run) }

func run() error {
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
	if workers == 0 {
		sum := 0
		for n := 1; n <= limit; n++ {
			sum += steps(n)
		}
		fmt.Println(sum)
		return nil
	}
	total := Total{mp.NewValue(0), mp.NewLock()}
	started := make([]*mp.Process, workers)
	for i := range started {
		var err error
		if started[i], err = work.Start(total, i+1, workers, limit); err != nil {
			return err
		}
	}
	var failed error
	for _, p := range started {
		failed = errors.Join(failed, p.Join())
	}
	if failed == nil {
		fmt.Println(total.Sum.Get())
	}
	return failed
}
