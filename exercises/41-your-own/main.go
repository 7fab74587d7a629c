// A service with workers: for each line of standard input it prints that line and a
// checksum that takes long to find, in the same order. The argument is the number of
// worker processes, or "serial", for none.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"strconv"

	"lockstep/mp"
)

// checksum is the work: what else could be done with an item is up to you.
func checksum(item string) string {
	h := fnv.New64a()
	for range 1_000_000 {
		h.Write([]byte(item))
	}
	return strconv.FormatUint(h.Sum64(), 16)
}

var work = mp.Func2("work", func(items []string, results *mp.Queue[string]) error {
	for _, item := range items {
		if err := results.Put(item + " " + checksum(item)); err != nil {
			return err
		}
	}
	return nil
})

func main() { mp.Main(run) }

func run() error {
	if len(os.Args) != 2 {
		return errors.New("usage: 41-your-own N|serial <ITEMS")
	}
	var items []string
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		items = append(items, lines.Text())
	}
	if os.Args[1] == "serial" {
		for _, item := range items {
			fmt.Println(item, checksum(item))
		}
		return nil
	}
	n, err := strconv.Atoi(os.Args[1])
	if err != nil {
		return err
	}

	results, err := mp.NewQueue[string](n)
	if err != nil {
		return err
	}
	parts := make([][]string, n)
	for i, item := range items {
		w := i * n / len(items)
		parts[w] = append(parts[w], item)
	}
	var started []*mp.Process
	for _, part := range parts {
		p, err := work.Start(part, results)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	for range items {
		result, err := results.Get()
		if err != nil {
			return err
		}
		fmt.Println(result)
	}
	for _, p := range started {
		if err := p.Join(); err != nil {
			return err
		}
	}
	return nil
}
