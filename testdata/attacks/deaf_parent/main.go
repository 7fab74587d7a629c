// Who ignores SIGCHLD leaves no zombies: the kernel throws the exits away. That
// is not the same as having waited.
package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

func main() {
	if len(os.Args) > 1 {
		return
	}
	signal.Ignore(syscall.SIGCHLD)
	self, err := os.Executable()
	for range 3 {
		if err != nil {
			break
		}
		var out io.ReadCloser
		c := exec.Command(self, "end")
		if out, err = c.StdoutPipe(); err == nil {
			if err = c.Start(); err == nil {
				_, err = io.ReadAll(out)
			}
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
