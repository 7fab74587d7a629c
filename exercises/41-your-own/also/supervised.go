//go:build also

// A goroutine for each worker hands it the next item and starts another where it has died.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"os/signal"
	"strconv"
	"sync"

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
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, mp.Terminate)
	defer cancel()
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
		if err := spread(ctx, n, items, results); err != nil {
			return err
		}
	}
	for i, item := range items {
		fmt.Println(item, results[i])
	}
	return nil
}

// spread has n workers find the results.
func spread(ctx context.Context, n int, items, results []string) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	next := make(chan int)
	var all sync.WaitGroup
	for range n {
		all.Go(func() {
			if err := supervise(ctx, items, results, next); err != nil {
				stop(err)
			}
		})
	}
feed:
	for i := range items {
		select {
		case next <- i:
		case <-ctx.Done():
			break feed
		}
	}
	close(next)
	all.Wait()
	return context.Cause(ctx)
}

// supervise keeps one worker at work, and starts another where it has died.
func supervise(ctx context.Context, items, results []string, next <-chan int) error {
	w, err := hire()
	if err != nil {
		return err
	}
	for i := range next {
		for {
			if results[i], err = w.ask(items[i]); err == nil {
				break
			}
			w.leave()
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if w, err = hire(); err != nil {
				return err
			}
		}
	}
	w.leave()
	return nil
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

func (w worker) ask(item string) (result string, err error) {
	if err := w.line.Send(item); err != nil {
		return "", err
	}
	return mp.Recv[string](w.line)
}

// leave lets a worker end and waits for that. How it ended does not matter: what it has
// answered is there.
func (w worker) leave() {
	w.line.Close()
	w.process.Join()
}
