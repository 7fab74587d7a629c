package mp

import (
	"os"
	"time"

	"golang.org/x/sys/unix"

	"lockstep/mp/internal/descriptor"
)

// await waits until the child has ended, for at most d when d is not negative. It
// leaves the child to be reaped.
func (c *child) await(d time.Duration) (ended bool, err error) {
	if d < 0 || c.pidfd < 0 {
		return c.awaitID(d)
	}
	return descriptor.Poll(c.pidfd, unix.POLLIN, d)
}

// awaitID waits without a pidfd. Where there is none, a wait that ends in time
// has to look again and again.
func (c *child) awaitID(d time.Duration) (bool, error) {
	options := unix.WEXITED | unix.WNOWAIT
	if d >= 0 {
		options |= unix.WNOHANG
	}
	deadline, pause := time.Now().Add(d), 50*time.Microsecond
	for {
		var info unix.Siginfo
		err := unix.Waitid(unix.P_PID, c.pid, &info, options, nil)
		switch {
		case err == unix.EINTR:
			continue
		case err == unix.ECHILD:
			return true, nil // reaped behind our back: reap will say so
		case err != nil:
			return false, os.NewSyscallError("waitid", err)
		case info.Signo != 0:
			return true, nil
		case time.Now().After(deadline):
			return false, nil
		}
		time.Sleep(pause)
		pause = min(2*pause, 5*time.Millisecond)
	}
}

// awaitFirst waits until one of the children has ended, which it leaves to be reaped, or
// there is something to receive from one of the wires, or an end of file.
func awaitFirst(children []*child, wires []wire) error {
	var fds []unix.PollFd
	for _, c := range children {
		if c.pidfd < 0 {
			return lookForFirst(children, wires)
		}
		fds = append(fds, unix.PollFd{Fd: int32(c.pidfd), Events: unix.POLLIN})
	}
	for _, w := range wires {
		fds = append(fds, unix.PollFd{Fd: int32(w.in), Events: unix.POLLIN})
	}
	for {
		if _, err := unix.Poll(fds, -1); err != unix.EINTR {
			return os.NewSyscallError("poll", err)
		}
	}
}
