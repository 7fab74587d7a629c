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
	if err := connect(commands); err != nil {
		return err
	}
	for _, c := range commands {
		if err := c.Start(); err != nil {
			return err
		}
	}
	for _, c := range commands {
		if err := c.Wait(); err != nil {
			return err
		}
	}
	return nil
}

// connect gives each program a pipe to the next.
func connect(commands []*exec.Cmd) error {
	for i, c := range commands {
		c.Stdout, c.Stderr = os.Stdout, os.Stderr
		if i == 0 {
			continue
		}
		r, w, err := os.Pipe()
		if err != nil {
			return err
		}
		commands[i-1].Stdout, c.Stdin = w, r
	}
	return nil
}
