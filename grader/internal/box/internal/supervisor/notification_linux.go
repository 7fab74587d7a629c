//go:build !portable

package supervisor

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// notification is struct seccomp_notif.
type notification struct {
	id     uint64
	thread uint32
	flags  uint32
	number int32
	arch   uint32
	_      uint64 // the instruction
	args   [6]uint64
}

// int is an argument that is a number of 32 bits.
func (c *notification) int(i int) int { return int(int32(c.args[i])) }

// response is struct seccomp_notif_resp.
type response struct {
	id    uint64
	value int64
	errno int32
	flags uint32
}

// addition is struct seccomp_notif_addfd.
type addition struct {
	id      uint64
	flags   uint32
	fd      uint32
	newFD   uint32
	newFlag uint32
}

// give puts a descriptor of init's into the caller's process, and returns its number
// there. That the kernel could also answer the call with it at once is of no use: should
// a signal reach init meanwhile, it answers without it (up to Linux 6.18 at least).
func give(fd int, c *notification, own int, flags uint32) (int64, error) {
	g := addition{id: c.id, fd: uint32(own), newFlag: flags}
	for {
		n, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.SECCOMP_IOCTL_NOTIF_ADDFD, uintptr(unsafe.Pointer(&g)))
		switch errno {
		case 0:
			return int64(n), nil
		case unix.EINTR:
		default:
			return 0, errno
		}
	}
}

// send tells a thread how its call has ended. The error means that it no longer waits:
// a signal called it away, or it is dead.
func send(fd int, c *notification, outcome error) error {
	var errno unix.Errno
	if outcome != nil && !errors.As(outcome, &errno) {
		errno = unix.EACCES
	}
	return ioctl(fd, unix.SECCOMP_IOCTL_NOTIF_SEND, unsafe.Pointer(&response{id: c.id, errno: -int32(errno)}))
}

// goOn lets the kernel do a call.
func goOn(fd int, c *notification) {
	ioctl(fd, unix.SECCOMP_IOCTL_NOTIF_SEND, unsafe.Pointer(&response{id: c.id, flags: unix.SECCOMP_USER_NOTIF_FLAG_CONTINUE}))
}

// waits reports whether a thread still waits for an answer: what was read of a thread of
// its number is its own.
func (c *notification) waits(fd int) bool {
	return ioctl(fd, unix.SECCOMP_IOCTL_NOTIF_ID_VALID, unsafe.Pointer(&c.id)) == nil
}

// memory reads what an argument points to. Containers keep calls from programs that read
// another's memory, but not this file.
func (c *notification) memory(at uint64, size int) ([]byte, error) {
	f, err := os.Open(fmt.Sprintf("/proc/%d/mem", c.thread))
	if err != nil {
		return nil, unix.EACCES
	}
	defer f.Close()
	text := make([]byte, size)
	if _, err := f.ReadAt(text, int64(at)); err != nil {
		return nil, unix.EFAULT
	}
	return text, nil
}

func ioctl(fd int, request uint, argument unsafe.Pointer) error {
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), uintptr(request), uintptr(argument))
	runtime.KeepAlive(argument)
	if errno != 0 {
		return errno
	}
	return nil
}
