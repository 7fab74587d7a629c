// Whoever traces the grader writes the verdict himself.
package main

import (
	"fmt"
	"os"
	"runtime"
	"syscall"
)

func main() {
	runtime.LockOSThread()
	held := true
	for _, pid := range []int{1, os.Getppid()} {
		if pid <= 0 {
			continue
		}
		if err := syscall.PtraceAttach(pid); err == nil {
			held = false
			fmt.Println("traces", pid)
			_ = syscall.PtraceDetach(pid)
		}
		if f, err := os.OpenFile(fmt.Sprintf("/proc/%d/mem", pid), os.O_RDWR, 0); err == nil {
			held = false
			fmt.Println("writes the memory of", pid)
			f.Close()
		}
	}
	if held {
		fmt.Println("held")
	}
}
