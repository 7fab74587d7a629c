//go:build mutant

// How often do some words come in a text? A mapper for each line counts them there and
// fills in its row of a table; then a reducer for each word adds up its column. The
// arguments are the words, with commas between them, and the lines of the text.
package main

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"lockstep/mp"
)

var work = mp.Func2("work", func(signs *mp.Array[int], i int) error {
	time.Sleep(20 * time.Millisecond)
	signs.Set(i, i+1)
	return nil
})

func main() { mp.Main(run) }

func run() error {
	words, lines := []string{"the", "cat"}, []string{"the cat and the dog", "the end"}
	if len(os.Args) > 2 {
		words, lines = strings.Split(os.Args[1], ","), os.Args[2:]
	}
	signs := mp.NewArray[int](len(lines) + len(words))
	var started []*mp.Process
	for i := range signs.Len() {
		p, err := work.Start(signs, i)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	if err := join(started); err != nil {
		return err
	}
	for i := range signs.Len() {
		if signs.Get(i) == 0 {
			return errors.New("nobody was there")
		}
	}
	for _, word := range words {
		count := 0
		for _, w := range strings.Fields(strings.Join(lines, " ")) {
			if w == word {
				count++
			}
		}
		fmt.Println(word, count)
	}
	return nil
}

func join(children []*mp.Process) (failed error) {
	for _, p := range children {
		failed = errors.Join(failed, p.Join())
	}
	return failed
}
