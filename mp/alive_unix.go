//go:build linux || darwin

package mp

import (
	"io"
	"os"
	"sync/atomic"

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

// claim gives this process an id that none had before.
func claim(last *atomic.Uint32) (uint32, error) {
	id := last.Add(1)
	l := unix.Flock_t{Type: unix.F_WRLCK, Whence: io.SeekStart, Start: aliveBase + int64(id), Len: 1}
	return id, os.NewSyscallError("fcntl", unix.FcntlFlock(uintptr(arenaFD), unix.F_SETLK, &l))
}

// alive reports whether the process with that id is running.
func alive(id uint32) bool {
	if id == arena.id {
		return true
	}
	l := unix.Flock_t{Type: unix.F_WRLCK, Whence: io.SeekStart, Start: aliveBase + int64(id), Len: 1}
	err := unix.FcntlFlock(uintptr(arenaFD), unix.F_GETLK, &l)
	return err != nil || l.Type != unix.F_UNLCK
}
