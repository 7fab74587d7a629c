// Three children end while their parent runs, and it never waits for them.
package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
)

func main() {
	if len(os.Args) > 1 {
		return
	}
	self, err := os.Executable()
	for range 3 {
		if err != nil {
			break
		}
		var out io.ReadCloser
		c := exec.Command(self, "end")
		if out, err = c.StdoutPipe(); err == nil {
			if err = c.Start(); err == nil {
				_, err = io.ReadAll(out) // until it ended
			}
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
