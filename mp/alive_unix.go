//go:build unix

package mp

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// Whether the owner of a lock is alive is asked of the kernel: every process
// that maps the arena holds a record lock on one byte of it, far behind its
// end, and the kernel drops that lock when the process dies. Unlike a pid, the
// byte belongs to no other process afterwards, a zombie does not hold it, and
// no /proc is needed.
//
// A process would lose its record locks if it closed any descriptor of the
// arena; it has one, which stays open.
const aliveBase = 1 << 40

func claim(id uint32) error {
	l := unix.Flock_t{Type: unix.F_WRLCK, Whence: io.SeekStart, Start: aliveBase + int64(id), Len: 1}
	return os.NewSyscallError("fcntl", unix.FcntlFlock(uintptr(arenaFD), unix.F_SETLK, &l))
}

func alive(id uint32) bool {
	if id == arena.id {
		return true
	}
	l := unix.Flock_t{Type: unix.F_WRLCK, Whence: io.SeekStart, Start: aliveBase + int64(id), Len: 1}
	err := unix.FcntlFlock(uintptr(arenaFD), unix.F_GETLK, &l)
	return err != nil || l.Type != unix.F_UNLCK
}
