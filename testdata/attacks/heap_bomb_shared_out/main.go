// Each of ten processes stays below the limit; together they are far above it.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"time"
)

func main() {
	if len(os.Args) > 1 {
		block := make([]byte, 40<<20)
		for i := range block {
			block[i] = 1
		}
		time.Sleep(time.Minute)
		fmt.Println(block[0])
		return
	}
	self, err := os.Executable()
	for range 10 {
		if err == nil {
			err = exec.Command(self, "take").Start()
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	time.Sleep(time.Minute)
}
