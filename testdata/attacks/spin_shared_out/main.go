// No process takes much, and each is joined; the limit is on their sum.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"time"
)

func main() {
	if len(os.Args) > 1 {
		for begin := time.Now(); time.Since(begin) < 100*time.Millisecond; {
		}
		return
	}
	self, err := os.Executable()
	for range 1000 {
		if err == nil {
			err = exec.Command(self, "spin").Run()
		}
	}
	fmt.Println(err)
}
