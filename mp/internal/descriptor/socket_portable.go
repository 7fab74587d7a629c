//go:build darwin || portable

package descriptor

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// RecvFlags is empty: what is received is closed on exec only afterwards.
const RecvFlags = 0

// There is no way to make a socket that is closed on exec at once: no process may
// be started in between.

// AtomicWrite is how many bytes a pipe takes together with nothing in between, or
// not at all: PIPE_BUF.
const AtomicWrite = 512

// Pipe makes a pipe of the system's: its read end and its write end.
func Pipe() (pair [2]int, err error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	err = unix.Pipe(pair[:])
	if err == nil {
		unix.CloseOnExec(pair[0])
		unix.CloseOnExec(pair[1])
	}
	return pair, os.NewSyscallError("pipe", err)
}

// Replace has fd lead to what with leads to.
func Replace(with, fd int) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	unix.Dup2(with, fd)
	unix.CloseOnExec(fd)
}

// SocketPair makes two sockets that are connected.
func SocketPair() ([2]int, error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err == nil {
		unix.CloseOnExec(pair[0])
		unix.CloseOnExec(pair[1])
	}
	return pair, os.NewSyscallError("socketpair", err)
}

// Socket makes a socket that is not connected.
func Socket() (int, error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err == nil {
		unix.CloseOnExec(fd)
	}
	return fd, os.NewSyscallError("socket", err)
}

// Accept takes the next client of a socket that listens.
func Accept(fd int) (int, error) {
	client, _, err := unix.Accept(fd)
	if err == nil {
		unix.CloseOnExec(client)
	}
	return client, err
}

// SameUser need not look: the folder of the socket is its user's alone.
func SameUser(int) bool { return true }
