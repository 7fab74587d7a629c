//go:build also

// The package os/exec makes the pipes. It closes their write ends here by itself, and the
// read ends only when it has waited for the writer, which is too late.

package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
)

func main() {
	commands := []*exec.Cmd{exec.Command("numbers", os.Args[1])}
	var inputs []io.Closer
	for _, name := range os.Args[2:] {
		c := exec.Command(name)
		in, err := commands[len(commands)-1].StdoutPipe()
		check(err)
		c.Stdin = in
		inputs = append(inputs, in)
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
	for _, in := range inputs {
		in.Close()
	}
	for _, c := range commands[:started] {
		if err := c.Wait(); c == last {
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
