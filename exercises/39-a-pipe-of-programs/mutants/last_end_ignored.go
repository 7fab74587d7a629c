//go:build mutant

// Runs programs as a shell does: numbers N | FILTER | FILTER … The arguments are N and
// the names of the filters. What the last program prints is this one's output, and how
// it ends decides how this one does.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	if len(os.Args) < 2 {
		return errors.New("usage: N FILTER…")
	}
	commands := []*exec.Cmd{exec.Command("numbers", os.Args[1])}
	for _, name := range os.Args[2:] {
		commands = append(commands, exec.Command(name))
	}
	ends, err := connect(commands)
	for _, c := range commands {
		if err == nil {
			err = c.Start()
		}
	}
	// Every program has its own copies. A reader sees the end of its input when the last
	// write end is closed, a writer that nobody reads when the last read end is.
	for _, f := range ends {
		err = errors.Join(err, f.Close())
	}
	for _, c := range commands {
		if c.Process == nil {
			continue // it was not started
		}
		// Who writes when nobody reads any more is ended by that: only the last counts.
		c.Wait()
	}
	return err
}

// connect gives each program a pipe to the next, and returns the pipes' ends.
func connect(commands []*exec.Cmd) (ends []*os.File, err error) {
	for i, c := range commands {
		c.Stdout, c.Stderr = os.Stdout, os.Stderr
		if i == 0 {
			continue
		}
		r, w, err := os.Pipe()
		if err != nil {
			return ends, err
		}
		commands[i-1].Stdout, c.Stdin = w, r
		ends = append(ends, r, w)
	}
	return ends, nil
}
