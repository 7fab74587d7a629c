//go:build mutant

// Runs programs as a shell does: numbers N | FILTER | FILTER … The arguments are N and
// the names of the filters. What the last program prints is this one's output, and how
// it ends decides how this one does.
package main

import (
	"bytes"
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
	text, err := exec.Command("numbers", os.Args[1]).Output()
	for _, name := range os.Args[2:] {
		if err != nil {
			return err
		}
		c := exec.Command(name)
		c.Stdin = bytes.NewReader(text)
		text, err = c.Output()
	}
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(text)
	return err
}
