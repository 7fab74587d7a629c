//go:build also

// Mappers and reducers start at the same time; a barrier lets the reducers go on when the
// last mapper has filled in its row.
package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"lockstep/mp"
)

// Job is what all share.
type Job struct {
	Words         []string
	Table, Totals *mp.Array[int]
	Mapped        *mp.Barrier
}

var mapLine = mp.Func3("mapLine", func(job Job, row int, line string) error {
	counts := map[string]int{}
	for _, word := range strings.Fields(line) {
		counts[word]++
	}
	for i, word := range job.Words {
		job.Table.Set(row*len(job.Words)+i, counts[word])
	}
	return job.Mapped.Wait()
})

var reduce = mp.Func2("reduce", func(job Job, column int) error {
	if err := job.Mapped.Wait(); err != nil {
		return err
	}
	sum := 0
	for i := range job.Table.Len() / len(job.Words) {
		sum += job.Table.Get(i*len(job.Words) + column)
	}
	job.Totals.Set(column, sum)
	return nil
})

func main() { mp.Main(run) }

func run() error {
	words, lines := []string{"the", "cat"}, []string{"the cat and the dog", "the end"}
	if len(os.Args) > 2 {
		words, lines = strings.Split(os.Args[1], ","), os.Args[2:]
	}
	n := len(words)
	job := Job{words, mp.NewArray[int](n * len(lines)), mp.NewArray[int](n), mp.NewBarrier(n + len(lines))}
	var started []*mp.Process
	for column := range words {
		p, err := reduce.Start(job, column)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	for row, line := range lines {
		p, err := mapLine.Start(job, row, line)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	var failed error
	for _, p := range started {
		failed = errors.Join(failed, p.Join())
	}
	if failed != nil {
		return failed
	}
	for i, word := range words {
		fmt.Println(word, job.Totals.Get(i))
	}
	return nil
}
