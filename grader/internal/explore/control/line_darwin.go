package control

import (
	"os"

	"golang.org/x/sys/unix"
)

const (
	closeOnExec = 0
	noSignal    = 0 // the Go runtime ignores the signal for descriptors other than 1 and 2
)

// packet is how much of what one call writes comes out at once at most: nothing is
// taken apart.
const packet = 0

// newOutput makes a pipe for standard output. Writes that follow each other
// without an operation in between can't be told apart.
func newOutput() (read int, write *os.File, err error) {
	var p [2]int
	if err := unix.Pipe(p[:]); err != nil {
		return -1, nil, os.NewSyscallError("pipe", err)
	}
	unix.CloseOnExec(p[0])
	unix.CloseOnExec(p[1])
	unix.SetNonblock(p[0], true)
	return p[0], os.NewFile(uintptr(p[1]), "output"), nil
}
