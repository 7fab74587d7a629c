//go:build also

// The processes never meet: each has keys of its own in the dict, and the parent adds up.
package main

import (
	"errors"
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"

	"lockstep/mp"
)

// Key is a word of one text.
type Key struct {
	Text int
	Word string
}

var count = mp.Func4("count", func(counts *mp.Dict[Key, int], number int, text string, times int) error {
	for range times {
		for _, word := range strings.Fields(text) {
			key := Key{number, word}
			n, _, err := counts.Get(key)
			if err != nil {
				return err
			}
			if err := counts.Set(key, n+1); err != nil {
				return err
			}
		}
	}
	return nil
})

func main() { mp.Main(run) }

func run() error {
	times, texts := 1, []string{"the cat saw the dog", "the dog saw the cat"}
	if len(os.Args) > 2 {
		n, err := strconv.Atoi(os.Args[1])
		if err != nil {
			return err
		}
		times, texts = n, os.Args[2:]
	}
	manager, err := mp.NewManager()
	if err != nil {
		return err
	}
	sums, err := countAll(manager, texts, times)
	if err := errors.Join(err, manager.Close()); err != nil {
		return err
	}
	var words []string
	for word := range sums {
		words = append(words, word)
	}
	sort.Strings(words)
	for _, word := range words {
		fmt.Println(word, sums[word])
	}
	return nil
}

func countAll(manager *mp.Manager, texts []string, times int) (map[string]int, error) {
	counts, err := mp.NewDict[Key, int](manager)
	if err != nil {
		return nil, err
	}
	started := make([]*mp.Process, len(texts))
	for i, text := range texts {
		if started[i], err = count.Start(counts, i, text, times); err != nil {
			return nil, err
		}
	}
	for _, p := range started {
		if err := p.Join(); err != nil {
			return nil, err
		}
	}
	all, err := counts.All()
	sums := map[string]int{}
	for key, n := range all {
		sums[key.Word] += n
	}
	return sums, err
}
