//go:build mutant

// How often do some words come in a text? A mapper for each line counts them there and
// fills in its row of a table; then a reducer for each word adds up its column. The
// arguments are the words, with commas between them, and the lines of the text.
package main

import (
	"fmt"
	"os"
	"strings"

	"lockstep/mp"
)

func main() { mp.Main(run) }

func run() error {
	words, lines := []string{"the", "cat"}, []string{"the cat and the dog", "the end"}
	if len(os.Args) > 2 {
		words, lines = strings.Split(os.Args[1], ","), os.Args[2:]
	}
	counts := make(chan map[string]int)
	for _, line := range lines {
		go func() {
			count := map[string]int{}
			for _, w := range strings.Fields(line) {
				count[w]++
			}
			counts <- count
		}()
	}
	totals := map[string]int{}
	for range lines {
		for word, n := range <-counts {
			totals[word] += n
		}
	}
	for _, word := range words {
		fmt.Println(word, totals[word])
	}
	return nil
}
