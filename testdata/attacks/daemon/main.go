// The classic way to run on after everybody is gone: a child begins a session,
// starts a grandchild and ends. The verdict must name the daemon's command line.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

func main() {
	self, err := os.Executable()
	switch {
	case err != nil:
	case len(os.Args) == 1:
		c := exec.Command(self, "session")
		c.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		err = c.Run()
	case os.Args[1] == "session":
		err = exec.Command(self, "sleep-on").Start()
	default:
		time.Sleep(time.Minute)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
