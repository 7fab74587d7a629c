//go:build also

// A manager keeps a dict for each mapper, in which it leaves how often each word comes in its
// line, and one for the totals. The reducers begin when all mappers have been joined.
package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"lockstep/mp"
)

var mapLine = mp.Func2("mapLine", func(line string, counts *mp.Dict[string, int]) error {
	count := map[string]int{}
	for _, word := range strings.Fields(line) {
		count[word]++
	}
	return counts.Update(count)
})

var reduce = mp.Func3("reduce", func(word string, parts []*mp.Dict[string, int], totals *mp.Dict[string, int]) error {
	total := 0
	for _, part := range parts {
		n, _, err := part.Get(word)
		if err != nil {
			return err
		}
		total += n
	}
	return totals.Set(word, total)
})

func main() { mp.Main(run) }

func run() error {
	words, lines := []string{"the", "cat"}, []string{"the cat and the dog", "the end"}
	if len(os.Args) > 2 {
		words, lines = strings.Split(os.Args[1], ","), os.Args[2:]
	}
	m, err := mp.NewManager()
	if err != nil {
		return err
	}
	totals, err := mp.NewDict[string, int](m)
	if err != nil {
		return err
	}
	var parts []*mp.Dict[string, int]
	var started []*mp.Process
	for _, line := range lines {
		part, err := mp.NewDict[string, int](m)
		if err != nil {
			return err
		}
		p, err := mapLine.Start(line, part)
		if err != nil {
			return err
		}
		parts, started = append(parts, part), append(started, p)
	}
	if err := join(started); err != nil {
		return err
	}
	started = nil
	for _, word := range words {
		p, err := reduce.Start(word, parts, totals)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	if err := join(started); err != nil {
		return err
	}
	for _, word := range words {
		n, _, err := totals.Get(word)
		if err != nil {
			return err
		}
		fmt.Println(word, n)
	}
	return m.Close()
}

func join(children []*mp.Process) (failed error) {
	for _, p := range children {
		failed = errors.Join(failed, p.Join())
	}
	return failed
}
