// Many processes in all, and never two at once: no limit is reached.
package main

import (
	"fmt"
	"os"
	"os/exec"
)

func main() {
	if len(os.Args) > 1 {
		return
	}
	self, err := os.Executable()
	for range 100 {
		if err == nil {
			err = exec.Command(self, "end").Run()
		}
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("held")
}
