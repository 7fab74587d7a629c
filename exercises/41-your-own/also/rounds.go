//go:build also

// In each round, the workers share what is still missing; what a dead one has not answered
// is missing in the next. No goroutines. It looks for the last of many hashes.
package main

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strconv"

	"lockstep/mp"
)

func hash(item string) string {
	sum := sha256.Sum256([]byte(item))
	for range 50_000 {
		sum = sha256.Sum256(sum[:])
	}
	return fmt.Sprintf("%x", sum[:4])
}

type answer struct {
	I    int
	Hash string
}

var work = mp.Func3("work", func(items []string, mine []int, parent *mp.Conn) error {
	for k, i := range mine {
		if err := parent.Send(answer{i, hash(items[k])}); err != nil {
			return err
		}
	}
	return nil
})

func main() { mp.Main(run) }

func run() error {
	stop := make(chan os.Signal, 2)
	signal.Notify(stop, os.Interrupt, mp.Terminate)
	var items []string
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		items = append(items, lines.Text())
	}
	hashes := make([]string, len(items))
	if os.Args[1] == "serial" {
		for i, item := range items {
			hashes[i] = hash(item)
		}
	} else {
		n, err := strconv.Atoi(os.Args[1])
		if err != nil {
			return err
		}
		for more := true; more; {
			select {
			case <-stop:
				return errors.New("stopped")
			default:
			}
			if more, err = round(n, items, hashes); err != nil {
				return err
			}
		}
	}
	for i, item := range items {
		fmt.Println(item, hashes[i])
	}
	return nil
}

// round has n workers look for what is missing, and reports whether something was.
func round(n int, items, hashes []string) (more bool, err error) {
	parts, texts := make([][]int, n), make([][]string, n)
	k := 0
	for i, h := range hashes {
		if h == "" {
			parts[k%n], texts[k%n] = append(parts[k%n], i), append(texts[k%n], items[i])
			k++
		}
	}
	var started []*mp.Process
	var lines []*mp.Conn
	for w, part := range parts {
		if len(part) == 0 {
			continue
		}
		ours, theirs, err := mp.Pipe()
		if err != nil {
			return false, err
		}
		p, err := work.Start(texts[w], part, theirs)
		if err != nil {
			return false, err
		}
		if err := theirs.Close(); err != nil {
			return false, err
		}
		started, lines = append(started, p), append(lines, ours)
	}
	for w, p := range started {
		for {
			a, err := mp.Recv[answer](lines[w])
			if err != nil {
				break
			}
			hashes[a.I] = a.Hash
		}
		p.Join()
		if err := lines[w].Close(); err != nil {
			return false, err
		}
	}
	return k > 0, nil
}
