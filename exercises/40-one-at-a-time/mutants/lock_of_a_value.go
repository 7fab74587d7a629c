//go:build mutant

// Workers add one to the number in the file "counter", each once and one at a time: whoever
// has made the file counter.lock has the turn, and removes it afterwards. The arguments are
// the number of workers and, to try that, "crash": who has the turn then crashes with it.
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

var add = mp.Func2("add", func(turn *mp.Value[int], crash bool) (err error) {
	turn.Lock()
	defer turn.Unlock()
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
		f, err := os.OpenFile("counter.lock", os.O_CREATE, 0o644)
		if err == nil {
			return f.Close()
		}
		if !errors.Is(err, os.ErrExist) {
			return err
		}
		time.Sleep(time.Millisecond)
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
	turn := mp.NewValue(0)
	var started []*mp.Process
	for range workers {
		p, err := add.Start(turn, crash)
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
