//go:build also

// Whoever finds the lock taken waits for a while before the next try.
package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"lockstep/mp"
)

var add = mp.Func("add", func(crash bool) (err error) {
	if err := takeTurn(); err != nil {
		return err
	}
	if crash {
		return mp.Current().Kill()
	}
	defer func() { err = errors.Join(err, os.Remove("counter.lock")) }()
	n, err := read()
	if err != nil {
		return err
	}
	return os.WriteFile("counter", []byte(fmt.Sprintln(n+1)), 0o644)
})

// takeTurn waits until there is no lock, and makes it: that is one step of the system's,
// which only one of several can do.
func takeTurn() error {
	for {
		f, err := os.OpenFile("counter.lock", os.O_CREATE|os.O_EXCL, 0o644)
		if err == nil {
			return f.Close()
		}
		if !errors.Is(err, os.ErrExist) {
			return err
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// read is the number in the file; 0 where there is none yet.
func read() (int, error) {
	text, err := os.ReadFile("counter")
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(string(text)))
}

func main() { mp.Main(run) }

func run() error {
	workers, crash := 3, len(os.Args) > 2 && os.Args[2] == "crash"
	if len(os.Args) > 1 {
		var err error
		if workers, err = strconv.Atoi(os.Args[1]); err != nil {
			return err
		}
	}
	// No worker runs yet: whose lock is there now has crashed.
	if err := os.Remove("counter.lock"); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	var started []*mp.Process
	for range workers {
		p, err := add.Start(crash)
		if err != nil {
			return err
		}
		started = append(started, p)
	}
	for _, p := range started {
		if err := p.Join(); err != nil {
			return err
		}
	}
	n, err := read()
	if err != nil {
		return err
	}
	fmt.Println("counter", n)
	return nil
}
