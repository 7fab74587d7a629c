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
	"time"

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
	lines := bufio.NewScanner(os.Stdin)
	if os.Args[1] == "serial" {
		for lines.Scan() {
			fmt.Println(lines.Text(), checksum(lines.Text()))
		}
		return lines.Err()
	}
	n, err := strconv.Atoi(os.Args[1])
	if err != nil {
		return err
	}
	items := make(chan string, n)
	go func() { // so that an answer that is due need not wait for the next item
		defer close(items)
		for lines.Scan() {
			items <- lines.Text()
		}
	}()
	if err := spread(stop, n, items); err != nil {
		return err
	}
	return lines.Err()
}

// spread has up to n workers find the results, each one at a time, and prints them in the
// order of the items, each as soon as it is there and all before it are.
func spread(stop <-chan os.Signal, n int, items <-chan string) error {
	var asked, idle []*worker // asked: in the order of their items
	defer func() {
		for _, w := range append(asked, idle...) {
			w.leave()
		}
	}()
	for items != nil || len(asked) > 0 {
		due := items == nil || len(asked) == n
		if !due && len(asked) > 0 {
			var err error
			if due, err = asked[0].line.Poll(0); err != nil {
				due = true // it has died, which its answer tells
			}
		}
		if due {
			if err := asked[0].answer(stop); err != nil {
				return err
			}
			asked, idle = asked[1:], append(idle, asked[0])
			continue
		}
		var look <-chan time.Time // for the answer again
		if len(asked) > 0 {
			look = time.After(time.Millisecond)
		}
		select {
		case <-stop:
			return errStopped
		case <-look:
		case item, more := <-items:
			if !more {
				items = nil
				continue
			}
			if len(asked)+len(idle) < n {
				w, err := hire()
				if err != nil {
					return err
				}
				idle = append([]*worker{w}, idle...)
			}
			idle[0].ask(item)
			asked, idle = append(asked, idle[0]), idle[1:]
		}
	}
	return nil
}

var errStopped = errors.New("stopped")

// A worker is a process, the line to it, and what it was asked for last.
type worker struct {
	process *mp.Process
	line    *mp.Conn
	item    string
}

func hire() (*worker, error) {
	ours, theirs, err := mp.Pipe()
	if err != nil {
		return nil, err
	}
	p, err := work.Start(theirs)
	if err != nil {
		return nil, err
	}
	return &worker{process: p, line: ours}, theirs.Close()
}

func (w *worker) ask(item string) {
	w.item = item
	w.line.Send(item) // if it is dead, it gives no answer
}

// answer waits for the worker's answer and prints it; if it has died, another takes its
// place and is asked again.
func (w *worker) answer(stop <-chan os.Signal) error {
	for {
		select {
		case <-stop:
			return errStopped
		default:
		}
		result, err := mp.Recv[string](w.line)
		if err == nil {
			fmt.Println(w.item, result)
			return nil
		}
		w.leave()
		another, err := hire()
		if err != nil {
			return err
		}
		another.ask(w.item)
		*w = *another
	}
}

// leave lets a worker end and waits for that. How it ended does not matter: what it has
// answered is there.
func (w *worker) leave() {
	w.line.Close()
	w.process.Join()
}
