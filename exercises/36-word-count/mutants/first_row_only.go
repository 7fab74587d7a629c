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

	"lockstep/mp"
)

var mapLine = mp.Func4("mapLine", func(row int, line string, words []string, table *mp.Array[int]) error {
	for column, word := range words {
		count := 0
		for _, w := range strings.Fields(line) {
			if w == word {
				count++
			}
		}
		table.Set(row*len(words)+column, count)
	}
	return nil
})

var reduce = mp.Func4("reduce", func(column, columns int, table, totals *mp.Array[int]) error {
	sum := 0
	for i := column; i < columns; i += columns {
		sum += table.Get(i)
	}
	totals.Set(column, sum)
	return nil
})

func main() { mp.Main(run) }

func run() error {
	words, lines := []string{"the", "cat"}, []string{"the cat and the dog", "the end"}
	if len(os.Args) > 2 {
		words, lines = strings.Split(os.Args[1], ","), os.Args[2:]
	}

	table := mp.NewArray[int](len(lines) * len(words))
	totals := mp.NewArray[int](len(words))
	var mappers, reducers []*mp.Process
	for row, line := range lines {
		p, err := mapLine.Start(row, line, words, table)
		if err != nil {
			return err
		}
		mappers = append(mappers, p)
	}
	if err := join(mappers); err != nil {
		return err
	}
	for column := range words {
		p, err := reduce.Start(column, len(words), table, totals)
		if err != nil {
			return err
		}
		reducers = append(reducers, p)
	}
	if err := join(reducers); err != nil {
		return err
	}
	for i, word := range words {
		fmt.Println(word, totals.Get(i))
	}
	return nil
}

func join(children []*mp.Process) (failed error) {
	for _, p := range children {
		failed = errors.Join(failed, p.Join())
	}
	return failed
}
