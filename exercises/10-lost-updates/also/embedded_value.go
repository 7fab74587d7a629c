//go:build also

// A type of its own embeds the shared value, has another field, and the method that adds.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"

	"lockstep/mp"
)

type tally[T mp.Number] struct {
	*mp.Value[T]
	Step T
}

func (t *tally[T]) count() {
	t.Lock()
	defer t.Unlock()
	t.Set(t.Get() + t.Step)
}

type job struct {
	Tally *tally[int]
	Times int
}

var increment = mp.Func("increment", func(j job) error {
	for range j.Times {
		j.Tally.count()
	}
	return nil
})

func main() { mp.Main(run) }

func run() error {
	processes, times := 10, 1
	if len(os.Args) > 2 {
		var err error
		if processes, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
		if times, err = strconv.Atoi(os.Args[2]); err != nil {
			return err
		}
	}
	all := &tally[int]{mp.NewValue(0), 1}
	var started []*mp.Process
	var failed error
	for range processes {
		p, err := increment.Start(job{all, times})
		if err != nil {
			failed = err
			break
		}
		started = append(started, p)
	}
	for _, p := range started {
		failed = errors.Join(failed, p.Join())
	}
	if failed == nil {
		fmt.Println(all.Get())
	}
	return failed
}
