//go:build unix

// Package proc looks at processes as the kernel lists them.
package proc

import (
	"syscall"
	"time"
)

// Stat is one process as it was seen at one moment.
type Stat struct {
	PID, Parent int
	Zombie      bool
	Probe       bool // the Go runtime's own, see IsProbe
	CPU         time.Duration
	Resident    int64 // bytes of its own
	Shared      int64 // bytes that others may count, too
	Threads     int
}

// Exists reports whether a process has the number, if only as a zombie.
func Exists(pid int) bool { return syscall.Kill(pid, 0) != syscall.ESRCH }
