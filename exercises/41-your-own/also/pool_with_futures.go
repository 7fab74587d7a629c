//go:build also

// A pool makes one call for each item; what a worker has died of is asked for again.
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

var find = mp.Task("find", func(item string) (string, error) { return checksum(item), nil })

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

// spread has a pool find the results; what a worker has died of is asked for again.
func spread(stop <-chan os.Signal, n int, items, results []string) error {
	pool, err := mp.NewPool(n)
	if err != nil {
		return err
	}
	defer pool.Terminate()
	pending := map[int]*mp.Future[string]{}
	for i, item := range items {
		pending[i] = find.Go(pool, item)
	}
	for i := range items {
		for {
			r, ok, err := pending[i].GetTimeout(10 * time.Millisecond)
			var task *mp.TaskError
			switch {
			case errors.As(err, &task):
				pending[i] = find.Go(pool, items[i])
			case err != nil:
				return err
			case ok:
				results[i] = r
			}
			if ok && err == nil {
				break
			}
			select {
			case <-stop:
				return errors.New("stopped")
			default:
			}
		}
	}
	return nil
}
