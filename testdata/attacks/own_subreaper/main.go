// A subreaper gets the orphans that the grader's init should get. When it ends,
// they fall to init all the same, and must be told as what they are.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

const setChildSubreaper = 36

func main() {
	self, err := os.Executable()
	switch {
	case err != nil:
	case len(os.Args) == 1:
		if _, _, no := syscall.RawSyscall(syscall.SYS_PRCTL, setChildSubreaper, 1, 0); no != 0 {
			err = no
			break
		}
		err = exec.Command(self, "child").Run()
	case os.Args[1] == "child":
		err = exec.Command(self, "grandchild").Start()
	default:
		time.Sleep(time.Minute)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
