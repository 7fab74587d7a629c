//go:build !portable

package mp

import (
	"os"
	"syscall"
)

// forkExec starts this program again. The link under /proc leads to the program
// even when its file has been deleted, as `go run` does.
func forkExec(args []string, attr *syscall.ProcAttr, pidfd *int) (int, error) {
	attr.Sys = &syscall.SysProcAttr{PidFD: pidfd}
	pid, err := syscall.ForkExec("/proc/self/exe", args, attr)
	return pid, os.NewSyscallError("fork/exec", err)
}
