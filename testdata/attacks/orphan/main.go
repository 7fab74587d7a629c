// The parent ends while its child sleeps on: an orphan.
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
		err = exec.Command(self, "sleep").Start()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
