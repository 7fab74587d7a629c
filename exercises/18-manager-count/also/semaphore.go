//go:build also

// A semaphore with one place keeps the two calls together.
package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"lockstep/mp"
)

type tally struct {
	counts *mp.Dict[string, int]
	turn   *mp.Semaphore
}

func (t tally) inTurn(f func() error) error {
	t.turn.Acquire()
	defer t.turn.Release()
	return f()
}

func (t tally) add(word string) error {
	return t.inTurn(func() error {
		n, known, err := t.counts.Get(word)
		switch {
		case err != nil:
			return err
		case !known:
			return t.counts.Set(word, 1)
		}
		return t.counts.Set(word, n+1)
	})
}

var count = mp.Func4("count", func(counts *mp.Dict[string, int], turn *mp.Semaphore, words []string, times int) error {
	t := tally{counts, turn}
	for range times {
		for _, word := range words {
			if err := t.add(word); err != nil {
				return err
			}
		}
	}
	return nil
})

func main() { mp.Main(run) }

func run() (err error) {
	times, texts := 1, []string{"the cat saw the dog", "the dog saw the cat"}
	if len(os.Args) > 2 {
		if times, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
		texts = os.Args[2:]
	}
	manager, err := mp.NewManager()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, manager.Close()) }()
	counts, err := mp.NewDict[string, int](manager)
	if err != nil {
		return err
	}
	turn := mp.NewSemaphore(1)
	var started []*mp.Process
	for _, text := range texts {
		p, err := count.Start(counts, turn, strings.Fields(text), times)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	var failed error
	for _, p := range started {
		failed = errors.Join(failed, p.Join())
	}
	if failed != nil {
		return failed
	}
	all, err := counts.All()
	if err != nil {
		return err
	}
	for _, word := range slices.Sorted(maps.Keys(all)) {
		fmt.Printf("%s %d\n", word, all[word])
	}
	return nil
}
