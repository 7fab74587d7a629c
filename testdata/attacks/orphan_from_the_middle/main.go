// The child ends and is waited for; the grandchild that it started lives on. At
// the end the program has no child of its own, and still left one.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"time"
)

func main() {
	self, err := os.Executable()
	switch {
	case err != nil:
	case len(os.Args) == 1:
		err = exec.Command(self, "child").Run()
	case os.Args[1] == "child":
		err = exec.Command(self, "grandchild").Start()
	default:
		time.Sleep(time.Minute)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
