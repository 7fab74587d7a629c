package control

import (
	"os"

	"golang.org/x/sys/unix"
)

const (
	closeOnExec = unix.MSG_CMSG_CLOEXEC
	noSignal    = unix.MSG_NOSIGNAL
)

// packet is how much of what one call writes comes out at once at most.
const packet = 4096

// newOutput makes a pipe for standard output that keeps writes apart: what one
// call writes, up to a packet, is what one call reads.
func newOutput() (read int, write *os.File, err error) {
	var p [2]int
	if err := unix.Pipe2(p[:], unix.O_CLOEXEC|unix.O_DIRECT); err != nil {
		return -1, nil, os.NewSyscallError("pipe2", err)
	}
	unix.SetNonblock(p[0], true)
	return p[0], os.NewFile(uintptr(p[1]), "output"), nil
}
