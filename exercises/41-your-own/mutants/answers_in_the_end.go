//go:build mutant

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
	"os/signal"
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

var work = mp.Func("work", func(parent *mp.Conn) error {
	for {
		item, err := mp.Recv[string](parent)
		if err != nil { // io.EOF: there are no more
			return nil
		}
		if err := parent.Send(checksum(item)); err != nil {
			return err
		}
	}
})

func main() { mp.Main(run) }

func run() error {
	stop := make(chan os.Signal, 2)
	signal.Notify(stop, os.Interrupt, mp.Terminate)
	if len(os.Args) != 2 {
		return errors.New("usage: 41-your-own N|serial <ITEMS")
	}
	var items []string
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		items = append(items, lines.Text())
	}
	results := make([]string, len(items))
	if os.Args[1] == "serial" {
		for i, item := range items {
			results[i] = checksum(item)
		}
	} else {
		n, err := strconv.Atoi(os.Args[1])
		if err != nil {
			return err
		}
		if err := spread(stop, n, items, results); err != nil {
			return err
		}
	}
	for i, item := range items {
		fmt.Println(item, results[i])
	}
	return nil
}

// spread has n workers find the results, each one at a time. Item i is worker i%n's, which
// is asked for it when its answer to the one before has been taken.
func spread(stop <-chan os.Signal, n int, items, results []string) error {
	workers := make([]worker, min(n, len(items)))
	for i := range workers {
		w, err := hire()
		if err != nil {
			return err
		}
		workers[i] = w
		defer func() { workers[i].leave() }()
	}
	for i := range len(items) + len(workers) {
		w := &workers[i%len(workers)]
		if asked := i - len(workers); asked >= 0 {
			var err error
			if results[asked], err = w.answer(stop, items[asked]); err != nil {
				return err
			}
		}
		if i < len(items) {
			w.line.Send(items[i]) // if it is dead, it gives no answer
		}
	}
	return nil
}

// answer is the worker's to the item that it was asked for; if it has died, another
// takes its place and is asked again.
func (w *worker) answer(stop <-chan os.Signal, item string) (result string, err error) {
	for {
		select {
		case <-stop:
			return "", errors.New("stopped")
		default:
		}
		if result, err = mp.Recv[string](w.line); err == nil {
			return result, nil
		}
		w.leave()
		if *w, err = hire(); err != nil {
			return "", err
		}
		w.line.Send(item)
	}
}

// A worker is a process, and the line to it.
type worker struct {
	process *mp.Process
	line    *mp.Conn
}

func hire() (w worker, err error) {
	ours, theirs, err := mp.Pipe()
	if err != nil {
		return w, err
	}
	w.line = ours
	if w.process, err = work.Start(theirs); err != nil {
		return w, err
	}
	return w, theirs.Close()
}

// leave lets a worker end and waits for that. How it ended does not matter: what it has
// answered is there.
func (w worker) leave() {
	w.line.Close()
	w.process.Join()
}
