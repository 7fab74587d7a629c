package mp

import (
	"os"

	"golang.org/x/sys/unix"
)

// recvDescriptorFlags keeps received descriptors from unrelated programs.
const recvDescriptorFlags = unix.MSG_CMSG_CLOEXEC

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
