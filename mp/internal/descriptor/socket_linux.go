//go:build !portable

package descriptor

import (
	"os"

	"golang.org/x/sys/unix"
)

// RecvFlags keeps received descriptors from unrelated programs.
const RecvFlags = unix.MSG_CMSG_CLOEXEC

// AtomicWrite is how many bytes a pipe takes together with nothing in between, or
// not at all: PIPE_BUF.
const AtomicWrite = 4096

// Pipe makes a pipe of the system's: its read end and its write end.
func Pipe() (pair [2]int, err error) {
	err = unix.Pipe2(pair[:], unix.O_CLOEXEC)
	return pair, os.NewSyscallError("pipe2", err)
}

// Replace has fd lead to what with leads to.
func Replace(with, fd int) { unix.Dup3(with, fd, unix.O_CLOEXEC) }

// SocketPair makes two sockets that are connected.
func SocketPair() ([2]int, error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	return pair, os.NewSyscallError("socketpair", err)
}

// Socket makes a socket that is not connected.
func Socket() (int, error) {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	return fd, os.NewSyscallError("socket", err)
}

// Accept takes the next client of a socket that listens.
func Accept(fd int) (int, error) {
	client, _, err := unix.Accept4(fd, unix.SOCK_CLOEXEC)
	return client, err
}

// SameUser reports whether a client may talk to this process: anybody on the
// machine can see an abstract name.
func SameUser(fd int) bool {
	cred, err := unix.GetsockoptUcred(fd, unix.SOL_SOCKET, unix.SO_PEERCRED)
	return err == nil && int(cred.Uid) == os.Geteuid()
}
