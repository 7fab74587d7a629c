//go:build darwin || portable

package mp

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// newMemory makes a file and takes its name away at once.
func newMemory() (int, error) {
	file, err := os.CreateTemp("", "mp")
	if err != nil {
		return -1, err
	}
	defer file.Close()
	if err := os.Remove(file.Name()); err != nil {
		return -1, err
	}
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	fd, err := unix.Dup(int(file.Fd()))
	if err == nil {
		unix.CloseOnExec(fd)
	}
	return fd, os.NewSyscallError("dup", err)
}
