//go:build mutant

// Each process counts the words of one text, and all count into one dict. At the
// end the parent prints every word with its count. The arguments are how many
// times each process reads its text, and the texts.
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

var count = mp.Func3("count", func(counts *mp.Dict[string, int], text string, times int) error {
	lock := mp.NewLock()
	for range times {
		for _, word := range strings.Fields(text) {
			if err := addOne(counts, lock, word); err != nil {
				return err
			}
		}
	}
	return nil
})

func addOne(counts *mp.Dict[string, int], lock *mp.Lock, word string) error {
	lock.Lock()
	defer lock.Unlock()
	n, _, err := counts.Get(word) // 0 for a new word
	if err != nil {
		return err
	}
	return counts.Set(word, n+1)
}

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

	var started []*mp.Process
	for _, text := range texts {
		p, err := count.Start(counts, text, times)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	for _, p := range started {
		if err := p.Join(); err != nil {
			return err
		}
	}

	all, err := counts.All()
	if err != nil {
		return err
	}
	for _, word := range slices.Sorted(maps.Keys(all)) {
		fmt.Println(word, all[word])
	}
	return nil
}
