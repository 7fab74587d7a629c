//go:build also

// Each reducer has a pipe, into which all mappers send how often they have met its word. It
// adds up what comes until all mappers have closed their end.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"lockstep/mp"
)

var mapLine = mp.Func3("mapLine", func(line string, words []string, out []*mp.Conn) error {
	counts := map[string]int{}
	for _, word := range strings.Fields(line) {
		counts[word]++
	}
	for i, word := range words {
		if err := out[i].Send(counts[word]); err != nil {
			return err
		}
	}
	return nil
})

var reduce = mp.Func3("reduce", func(column int, in *mp.Conn, totals *mp.Array[int]) error {
	sum := 0
	for {
		n, err := mp.Recv[int](in)
		if errors.Is(err, io.EOF) {
			totals.Set(column, sum)
			return nil
		}
		if err != nil {
			return err
		}
		sum += n
	}
})

func main() { mp.Main(run) }

func run() error {
	words, lines := []string{"the", "cat"}, []string{"the cat and the dog", "the end"}
	if len(os.Args) > 2 {
		words, lines = strings.Split(os.Args[1], ","), os.Args[2:]
	}
	totals := mp.NewArray[int](len(words))
	var started []*mp.Process
	var outs []*mp.Conn
	for column := range words {
		in, out, err := mp.Pipe()
		if err != nil {
			return err
		}
		p, err := reduce.Start(column, in, totals)
		if err != nil {
			return err
		}
		if err := in.Close(); err != nil {
			return err
		}
		outs, started = append(outs, out), append(started, p)
	}
	for _, line := range lines {
		p, err := mapLine.Start(line, words, outs)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	for _, out := range outs {
		if err := out.Close(); err != nil {
			return err
		}
	}
	for _, p := range started {
		if err := p.Join(); err != nil {
			return err
		}
	}
	for i, word := range words {
		fmt.Println(word, totals.Get(i))
	}
	return nil
}
