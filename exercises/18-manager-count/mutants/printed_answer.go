//go:build mutant

// Each process counts the words of one text, and all count into one dict. At the
// end the parent prints every word with its count. The arguments are how many
// times each process reads its text, and the texts.
package main

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"

	"lockstep/mp"
)

func main() { mp.Main(run) }

func run() (err error) {
	times, texts := 1, []string{"the cat saw the dog", "the dog saw the cat"}
	if len(os.Args) > 2 {
		if times, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
		texts = os.Args[2:]
	}

	counts := map[string]int{}
	switch texts[0] {
	case "the cat saw the dog":
		counts = map[string]int{"cat": 1, "dog": 1, "saw": 1, "the": 2}
	case "cat":
		counts = map[string]int{"cat": times, "dog": times}
	case "a":
		counts = map[string]int{"a": 2}
	}
	for _, word := range slices.Sorted(maps.Keys(counts)) {
		fmt.Println(word, counts[word])
	}
	return nil
}
