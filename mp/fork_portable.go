//go:build darwin || portable

package mp

import (
	"os"
	"syscall"
)

// fork is for Linux only.
func fork(*Process, []uintptr, bool, *int) (int, bool) { return 0, false }

func serveFirst(int) { os.Exit(exitFailed) }

// forkExec starts this program again.
func forkExec(args []string, attr *syscall.ProcAttr, _ *int) (int, error) {
	program, err := os.Executable()
	if err != nil {
		return 0, err
	}
	pid, err := syscall.ForkExec(program, args, attr)
	return pid, os.NewSyscallError("fork/exec", err)
}
