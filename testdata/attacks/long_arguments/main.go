// A command line is evidence that a program writes: it must be bounded and
// escaped wherever it is shown.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"
)

func main() {
	if len(os.Args) > 1 {
		time.Sleep(time.Minute)
		return
	}
	self, err := os.Executable()
	for range 8 {
		if err == nil {
			err = exec.Command(self, strings.Repeat("\x1b[2J\n::error::\xff", 7000)).Start()
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
