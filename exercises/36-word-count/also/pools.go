//go:build also

// A pool maps, and another one reduces: Map comes back when all its tasks are done.
package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"lockstep/mp"
)

// Line is a line of the text and the words to be counted in it.
type Line struct {
	Words []string
	Text  string
}

var mapLine = mp.Task("mapLine", func(l Line) ([]int, error) {
	counts := make([]int, len(l.Words))
	for i, word := range l.Words {
		for _, w := range strings.Fields(l.Text) {
			if w == word {
				counts[i]++
			}
		}
	}
	return counts, nil
})

var reduce = mp.Task("reduce", func(counts []int) (sum int, err error) {
	for _, n := range counts {
		sum += n
	}
	return sum, nil
})

func main() { mp.Main(run) }

func run() error {
	words, lines := []string{"the", "cat"}, []string{"the cat and the dog", "the end"}
	if len(os.Args) > 2 {
		words, lines = strings.Split(os.Args[1], ","), os.Args[2:]
	}
	mappers, err := mp.NewPool(len(lines))
	if err != nil {
		return err
	}
	var tasks []Line
	for _, line := range lines {
		tasks = append(tasks, Line{words, line})
	}
	rows, err := mapLine.Map(mappers, tasks)
	if err != nil {
		return err
	}
	columns := make([][]int, len(words))
	for i := range columns {
		for _, row := range rows {
			columns[i] = append(columns[i], row[i])
		}
	}
	reducers, err := mp.NewPool(len(words))
	if err != nil {
		return err
	}
	totals, err := reduce.Map(reducers, columns)
	if err != nil {
		return err
	}
	for i, word := range words {
		fmt.Println(word, totals[i])
	}
	return errors.Join(mappers.Close(), reducers.Close())
}
