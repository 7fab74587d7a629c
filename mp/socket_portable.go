//go:build darwin || portable

package mp

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

const recvDescriptorFlags = 0

// There is no way to make a socket that is closed on exec at once: no process may
// be started in between.

// atomicWrite is how many bytes a pipe takes together with nothing in between, or
// not at all: PIPE_BUF.
const atomicWrite = 512

func systemPipe() (pair [2]int, err error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	err = unix.Pipe(pair[:])
	if err == nil {
		unix.CloseOnExec(pair[0])
		unix.CloseOnExec(pair[1])
	}
	return pair, os.NewSyscallError("pipe", err)
}

func replaceDescriptor(with, fd int) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	unix.Dup2(with, fd)
	unix.CloseOnExec(fd)
}

func socketPair() ([2]int, error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err == nil {
		unix.CloseOnExec(pair[0])
		unix.CloseOnExec(pair[1])
	}
	return pair, os.NewSyscallError("socketpair", err)
}

func newSocket() (int, error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err == nil {
		unix.CloseOnExec(fd)
	}
	return fd, os.NewSyscallError("socket", err)
}

func acceptSocket(fd int) (int, error) {
	client, _, err := unix.Accept(fd)
	if err == nil {
		unix.CloseOnExec(client)
	}
	return client, err
}

// sameUser need not look: the folder of the socket is its user's alone.
func sameUser(int) bool { return true }
