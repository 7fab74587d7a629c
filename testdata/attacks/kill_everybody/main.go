// Whatever else runs on the machine has a number below 4194304, and most of it a
// small one.
package main

import (
	"fmt"
	"os"
)

func main() {
	killed := 0
	for pid := 1; pid < 100_000; pid++ {
		if pid == os.Getpid() {
			continue
		}
		p, err := os.FindProcess(pid)
		if err != nil {
			continue
		}
		if p.Kill() == nil && pid != 1 {
			killed++ // its own init gets no signal that it does not want
		}
	}
	if killed == 0 {
		fmt.Println("held")
		return
	}
	fmt.Println("killed", killed)
}
