//go:build also

// The last program is started first, and each gets its output from the one behind it.

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
)

func main() {
	names := append([]string{"numbers"}, os.Args[2:]...)
	out := os.Stdout
	var started []*exec.Cmd // the last program comes first
	var failed error
	for i := len(names) - 1; i >= 0 && failed == nil; i-- {
		c := exec.Command(names[i])
		if i == 0 {
			c.Args = append(c.Args, os.Args[1])
		}
		c.Stdout, c.Stderr = out, os.Stderr
		var r, w *os.File
		if i > 0 {
			r, w, failed = os.Pipe()
			c.Stdin = r
		}
		if failed == nil {
			failed = c.Start()
		}
		if failed == nil {
			started = append(started, c)
		}
		if out != os.Stdout {
			out.Close()
		}
		if r != nil {
			r.Close()
		}
		out = w
	}
	if out != nil && out != os.Stdout {
		out.Close()
	}
	for i, c := range started {
		if err := c.Wait(); i == 0 && len(started) == len(names) {
			failed = errors.Join(failed, err)
		}
	}
	if failed != nil {
		fmt.Fprintln(os.Stderr, failed)
		os.Exit(1)
	}
}
