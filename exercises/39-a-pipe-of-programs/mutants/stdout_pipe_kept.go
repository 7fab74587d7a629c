//go:build mutant

// The package os/exec makes the pipes, and closes this process's ends of them when it has
// waited for the program that writes.

package main

import (
	"fmt"
	"os"
	"os/exec"
)

func main() {
	commands := []*exec.Cmd{exec.Command("numbers", os.Args[1])}
	for _, name := range os.Args[2:] {
		c := exec.Command(name)
		in, err := commands[len(commands)-1].StdoutPipe()
		check(err)
		c.Stdin = in
		commands = append(commands, c)
	}
	last := commands[len(commands)-1]
	last.Stdout = os.Stdout
	var failed error
	started := 0
	for _, c := range commands {
		if failed = c.Start(); failed != nil {
			break
		}
		started++
	}
	// Wait closes the end that is read here, too: the last one goes first, so that who
	// still writes to it is not waited for in vain.
	for i := started - 1; i >= 0; i-- {
		if err := commands[i].Wait(); commands[i] == last {
			failed = err
		}
	}
	check(failed)
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
