// A reader of standard output waits for as long as anybody holds it. The run
// must end soon after its program, and not with the orphan.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"time"
)

func main() {
	if len(os.Args) > 1 {
		time.Sleep(time.Minute)
		return
	}
	self, err := os.Executable()
	if err == nil {
		c := exec.Command(self, "hold")
		c.Stdin, c.Stdout, c.Stderr = os.Stdin, os.Stdout, os.Stderr
		err = c.Start()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("held")
}
