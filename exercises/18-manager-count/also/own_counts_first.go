//go:build also

// Each process counts its own text in a map of its own, and adds what it has to the dict
// in the end, under a lock. It does so word by word in their order: a map's own order is
// another each time, and a program that depends on it can't be explored.
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

// Counts is a dict that several processes add to.
type Counts struct {
	Words *mp.Dict[string, int]
	Lock  *mp.Lock
}

func (c Counts) add(own map[string]int) error {
	c.Lock.Lock()
	defer c.Lock.Unlock()
	for _, word := range slices.Sorted(maps.Keys(own)) {
		before, _, err := c.Words.Get(word)
		if err != nil {
			return err
		}
		if err := c.Words.Set(word, before+own[word]); err != nil {
			return err
		}
	}
	return nil
}

var count = mp.Func3("count", func(c Counts, text string, times int) error {
	own := map[string]int{}
	for word := range strings.FieldsSeq(text) {
		own[word] += times
	}
	return c.add(own)
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
	words, err := mp.NewDict[string, int](manager)
	if err != nil {
		return err
	}
	counts := Counts{words, mp.NewLock()}
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
	all, err := words.All()
	if err != nil {
		return err
	}
	for _, word := range slices.Sorted(maps.Keys(all)) {
		fmt.Println(word, all[word])
	}
	return nil
}
