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

var count = mp.Func4("count", func(counts *mp.Dict[string, int], lock *mp.Lock, text string, times int) error {
	own := map[string]int{}
	for range times {
		for _, word := range strings.Fields(text) {
			own[word]++
		}
	}
	lock.Lock()
	defer lock.Unlock()
	for word, n := range own {
		if err := counts.Set(word, n); err != nil {
			return err
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
	lock := mp.NewLock()

	var started []*mp.Process
	for _, text := range texts {
		p, err := count.Start(counts, lock, text, times)
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
