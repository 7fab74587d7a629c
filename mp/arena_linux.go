//go:build !portable

package mp

import (
	"os"

	"golang.org/x/sys/unix"
)

// newMemory makes a file in memory, which never has a name.
func newMemory() (int, error) {
	fd, err := unix.MemfdCreate("mp", unix.MFD_CLOEXEC)
	return fd, os.NewSyscallError("memfd_create", err)
}
