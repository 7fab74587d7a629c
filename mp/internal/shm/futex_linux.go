//go:build !portable

package shm

import (
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	waitOp = 0
	wakeOp = 1
)

// Sleep sleeps while *word is seen, until Wake or for at most d, and
// reports whether d passed. It may return early: callers look again.
func Sleep(word *atomic.Uint32, seen uint32, d time.Duration) (timedOut bool) {
	ts := unix.NsecToTimespec(int64(d))
	_, _, e := syscall.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(word)), waitOp, uintptr(seen), uintptr(unsafe.Pointer(&ts)), 0, 0)
	return e == syscall.ETIMEDOUT
}

// Wake wakes at most n of the processes that sleep on word.
func Wake(word *atomic.Uint32, n int) {
	syscall.RawSyscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(word)), wakeOp, uintptr(n), 0, 0, 0)
}
