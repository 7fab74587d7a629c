//go:build darwin || portable

package box

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// OutputPipe makes a pipe for a standard output. Writes that follow each other without
// an operation in between can't be told apart. To read from it does not wait.
func OutputPipe() (read int, write *os.File, err error) {
	var p [2]int
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := unix.Pipe(p[:]); err != nil {
		return -1, nil, os.NewSyscallError("pipe", err)
	}
	unix.CloseOnExec(p[0])
	unix.CloseOnExec(p[1])
	unix.SetNonblock(p[0], true)
	return p[0], os.NewFile(uintptr(p[1]), "output"), nil
}
