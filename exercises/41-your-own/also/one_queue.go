//go:build also

// Workers take jobs from one queue and note what they find in an array; in the next round the
// parent puts in again what is missing there. It counts the steps of a sequence.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"time"

	"lockstep/mp"
)

func steps(item string) int {
	all := 0
	for n := range 20_000 {
		for x := n + len(item); x > 1; all++ {
			if x%2 == 0 {
				x /= 2
			} else {
				x = 3*x + 1
			}
		}
	}
	return all
}

type job struct {
	I    int
	Item string
}

var work = mp.Func2("work", func(jobs *mp.Queue[job], found *mp.Array[int]) error {
	signal.Ignore(os.Interrupt)
	for {
		j, err := jobs.Get()
		if err != nil {
			return nil
		}
		if found.Get(j.I) == 0 {
			found.Set(j.I, steps(j.Item))
		}
	}
})

func main() { mp.Main(run) }

func run() error {
	stop := make(chan os.Signal, 2)
	signal.Notify(stop, os.Interrupt, mp.Terminate)
	var items []string
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		items = append(items, lines.Text())
	}
	found := mp.NewArray[int](max(1, len(items)))
	if n, err := strconv.Atoi(os.Args[1]); err != nil {
		for i, item := range items {
			found.Set(i, steps(item))
		}
	} else if err := share(n, items, found, stop); err != nil {
		return err
	}
	for i, item := range items {
		fmt.Println(item, found.Get(i))
	}
	return nil
}

func share(n int, items []string, found *mp.Array[int], stop <-chan os.Signal) error {
	for {
		jobs, err := mp.NewQueue[job](max(1, len(items)))
		if err != nil {
			return err
		}
		missing := 0
		for i, item := range items {
			if found.Get(i) == 0 {
				missing++
				if err := jobs.Put(job{i, item}); err != nil {
					return err
				}
			}
		}
		if err := jobs.Close(); err != nil {
			return err
		}
		if missing == 0 {
			return nil
		}
		var started []*mp.Process
		for range n {
			p, err := work.Start(jobs, found)
			if err != nil {
				return err
			}
			started = append(started, p)
		}
		stopped := false
		for _, p := range started {
			for p.Alive() {
				select {
				case <-stop:
					stopped = true
				case <-time.After(time.Millisecond):
				}
				if stopped {
					if err := p.Terminate(); err != nil {
						return err
					}
				}
			}
		}
		if stopped {
			return errors.New("stopped")
		}
	}
}
