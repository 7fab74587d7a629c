// A stopped process never ends, and answers no signal but SIGKILL.
package main

import (
	"fmt"
	"os"
	"syscall"
)

func main() {
	fmt.Println(syscall.Kill(os.Getpid(), syscall.SIGSTOP))
}
