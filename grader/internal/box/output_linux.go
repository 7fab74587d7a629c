//go:build !portable

package box

import (
	"os"

	"golang.org/x/sys/unix"
)

// OutputPipe makes a pipe for a standard output that keeps writes apart: what one
// call writes, up to 4096 bytes, is what one call reads. All programs print to such a
// one, because they could tell it from another; only who holds them needs it. To read
// from it does not wait.
func OutputPipe() (read int, write *os.File, err error) {
	var p [2]int
	if err := unix.Pipe2(p[:], unix.O_CLOEXEC|unix.O_DIRECT); err != nil {
		return -1, nil, os.NewSyscallError("pipe2", err)
	}
	unix.SetNonblock(p[0], true)
	return p[0], os.NewFile(uintptr(p[1]), "output"), nil
}
