//go:build linux || darwin

package descriptor

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// Poll waits until fd is ready for one of events or has been hung up, for at
// most d when d is not negative, and reports whether it is.
func Poll(fd int, events int16, d time.Duration) (bool, error) {
	deadline := time.Now().Add(d)
	for {
		wait := -1
		if d >= 0 {
			left := max(time.Until(deadline), 0)
			wait = int(min((left+time.Millisecond-1)/time.Millisecond, 1<<30))
		}
		fds := []unix.PollFd{{Fd: int32(fd), Events: events}}
		n, err := unix.Poll(fds, wait)
		switch {
		case err == unix.EINTR:
		case err != nil:
			return false, os.NewSyscallError("poll", err)
		case n > 0:
			return true, nil
		case d >= 0 && !time.Now().Before(deadline):
			return false, nil
		}
	}
}
