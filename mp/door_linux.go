package mp

import (
	"encoding/hex"
	"os"

	"golang.org/x/sys/unix"
)

// doorName is a name in the abstract namespace of sockets: no file is needed, and
// the name goes away with its manager.
func doorName() (string, error) {
	var random [16]byte
	if _, err := unix.Getrandom(random[:], 0); err != nil {
		return "", os.NewSyscallError("getrandom", err)
	}
	return "@mp-" + hex.EncodeToString(random[:]), nil
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
