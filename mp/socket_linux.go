//go:build !portable

package mp

import (
	"os"

	"golang.org/x/sys/unix"
)

// recvDescriptorFlags keeps received descriptors from unrelated programs.
const recvDescriptorFlags = unix.MSG_CMSG_CLOEXEC

// atomicWrite is how many bytes a pipe takes together with nothing in between, or
// not at all: PIPE_BUF.
const atomicWrite = 4096

func systemPipe() (pair [2]int, err error) {
	err = unix.Pipe2(pair[:], unix.O_CLOEXEC)
	return pair, os.NewSyscallError("pipe2", err)
}

func replaceDescriptor(with, fd int) { unix.Dup3(with, fd, unix.O_CLOEXEC) }

func socketPair() ([2]int, error) {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	return pair, os.NewSyscallError("socketpair", err)
}

func newSocket() (int, error) {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	return fd, os.NewSyscallError("socket", err)
}

func acceptSocket(fd int) (int, error) {
	client, _, err := unix.Accept4(fd, unix.SOCK_CLOEXEC)
	return client, err
}

// sameUser reports whether a client may talk to this process: anybody on the
// machine can see an abstract name.
func sameUser(fd int) bool {
	cred, err := unix.GetsockoptUcred(fd, unix.SOL_SOCKET, unix.SO_PEERCRED)
	return err == nil && int(cred.Uid) == os.Geteuid()
}
