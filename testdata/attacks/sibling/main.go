// CLONE_PARENT gives a new process its starter's parent: it stands beside the
// program and not below it, where a search for children looks.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) > 1 {
		time.Sleep(time.Minute)
		return
	}
	self, err := os.Executable()
	if err == nil {
		c := exec.Command(self, "sleep")
		c.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_PARENT}
		err = c.Start()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
